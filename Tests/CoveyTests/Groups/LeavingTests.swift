import Covey
import Support
import Testing

/// Who goes when a group shrinks.
struct LeavingTests {
  @Test func theMemberWhoseRemovalCostsLeastGoesByItsOwnWord() {
    let signs = MemberSigns(costs: [name(1): 3, name(2): 0, name(3): 7.5])
    #expect(retired(signs) == [name(2)])
    #expect(reason(name(2), signs) == "web-2 goes: cost 0, the least")
  }

  @Test func whereNobodyReportsTheFewestSessionsDecide() {
    let signs = MemberSigns(sessions: [name(1): 1, name(2): 5, name(3): 2])
    #expect(retired(signs) == [name(1)])
    #expect(reason(name(1), signs) == "web-1 goes: 1 session, the fewest")
  }

  @Test func ofEqualsTheHighestNumberGoes() {
    #expect(retired(MemberSigns()) == [name(3)])
    #expect(retired(MemberSigns(costs: [name(1): 0, name(2): 0, name(3): 0])) == [name(3)])
    #expect(reason(name(3), MemberSigns()) == "web-3 goes: the highest number")
  }

  @Test func aMemberThatIsDownGoesBeforeAll() {
    let signs = MemberSigns(downSince: [name(2): .zero], costs: [name(1): 0, name(2): 9])
    #expect(retired(signs) == [name(2)])
    #expect(reason(name(2), signs) == "web-2 goes: its checks find it down")
  }

  @Test func membersWithDisksOfTheirOwnGoByTheirNumbers() {
    let signs = MemberSigns(costs: [name(1): 0, name(2): 5, name(3): 9])
    #expect(retired(signs, disk: .persistent) == [name(3)])
  }

  private func name(_ number: Int) -> Name { Samples.name("web-\(number)") }

  private func retired(_ signs: MemberSigns, disk: DiskMode = .ephemeral) -> [Name] {
    let members = (1...3).map {
      Samples.guest("web-\($0)", group: "web", disk: disk, state: .serving)
    }
    let group = Samples.group(disk: disk, desired: 2)
    let inventory = Samples.inventory(guests: members, groups: [group])
    return group.reconcile(in: inventory, at: .zero, signs: signs).compactMap(\.retired)
  }

  private func reason(_ member: Name, _ signs: MemberSigns) -> String {
    Samples.group(desired: 2).reasonToGo(member, by: signs)
  }
}
