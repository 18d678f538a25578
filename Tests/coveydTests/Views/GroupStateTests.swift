import Covey
import CoveyWire
import Support
import Testing

@testable import CoveyEngine
@testable import coveyd

struct GroupStateTests {
  private func view(
    _ group: Group, members: [GuestState] = [], at now: Timestamp = .zero
  ) -> GroupView {
    let guests = members.enumerated().map { offset, state in
      Samples.guest(
        "web-\(offset + 1)", group: "web", disk: .ephemeral, state: state,
        lastByte: UInt32(offset) + 2)
    }
    return GroupView(
      group, in: Samples.inventory(guests: guests, groups: [group]), at: now, traffic: nil,
      round: nil)
  }

  @Test func aGroupThatHasItsSizeIsSteady() {
    let view = view(Samples.group(desired: 2), members: [.serving, .serving])
    #expect(view.state == "steady")
    #expect(view.reason == nil)
    #expect((view.size, view.serving, view.desired) == (2, 2, 2))
  }

  @Test func aGroupThatLacksServingMembersGrows() {
    #expect(view(Samples.group(desired: 2), members: [.serving]).state == "growing")
    #expect(view(Samples.group(desired: 2), members: [.serving, .starting]).state == "growing")
    #expect(view(Samples.group(desired: 1)).state == "growing")
  }

  @Test func aGroupThatHasMoreThanItWantsShrinks() {
    let one = Samples.group(desired: 1)
    #expect(view(one, members: [.serving, .serving]).state == "shrinking")
    #expect(view(one, members: [.serving, .draining]).state == "shrinking")
    #expect(view(one, members: [.serving, .stopping]).state == "shrinking")
  }

  @Test func launchesThatFailAreToldWithTheLastReason() {
    var group = Samples.group()
    let problem = Problem(.deadline, "it did not answer in 60s", hint: "")
    group.brake.launchFailed(problem, at: .zero)
    group.brake.launchFailed(problem, at: .zero)
    let waiting = view(group)
    #expect(waiting.state == "failing")
    #expect(
      waiting.reason
        == "2 launches failed in a row; the next is tried in 2s: it did not answer in 60s")
    let trying = view(group, at: Timestamp(milliseconds: 10_000))
    #expect(trying.state == "failing")
    #expect(trying.reason == "2 launches failed in a row: it did not answer in 60s")
  }

  @Test func launchesThatWaitForTheOwnerAreAStateOfTheirOwn() {
    var group = Samples.group()
    let problem = Problem(.deadline, "it did not answer in 60s", hint: "")
    for _ in 1...LaunchBrake.failuresUntilStop { group.brake.launchFailed(problem, at: .zero) }
    #expect(view(group).state == "failed-launch")
    #expect(
      view(group).reason
        == "20 launches failed in a row: it did not answer in 60s; try again with: covey group retry web"
    )
  }

  @Test func repairThatIsHeldIsAFailureWithItsReason() {
    var group = Samples.group(desired: 3)
    group.repair = RepairBrake(down: 2, serving: 3, at: .zero)
    #expect(view(group).state == "failing")
    #expect(view(group).reason?.hasPrefix("2 of 3 serving members were found down") == true)
  }

  @Test func aBalancerThatFailsComesBeforeEverythingButDeletion() {
    var group = Samples.group()
    group.balancerProblem = Problem(.unavailable, "haproxy ended", hint: "")
    group.isPaused = true
    #expect(view(group, members: [.serving]).state == "failing")
    #expect(view(group, members: [.serving]).reason == "haproxy ended")
    group.isBeingDeleted = true
    #expect(view(group, members: [.serving]).state == "deleting")
    #expect(view(group, members: [.serving]).reason == nil)
  }

  @Test func aPausedGroupSaysSoWhateverItsSize() {
    var group = Samples.group(desired: 3)
    group.isPaused = true
    #expect(view(group, members: [.serving]).state == "paused")
    #expect(view(group).state == "paused")
  }

  @Test func measurementsAreRoundedToTenths() {
    let round = ScalingRound(
      at: .zero, cpu: [:], meanCPU: 33.3333, serving: 1, size: 1, desired: 1, requestRate: nil,
      verdict: Verdict(.stay, .within, ""))
    let traffic = Gauges.GroupTraffic(
      statistics: TrafficStatistics(
        members: [:], requests: 7, failures: 1, queued: 2, sessions: 3), requestRate: 0.06)
    let group = Samples.group()
    let view = GroupView(
      group, in: Samples.inventory(groups: [group]), at: .zero, traffic: traffic, round: round)
    #expect(view.cpuPercent == 33.3)
    #expect(view.requestRate == 0.1)
    #expect(view.traffic == TrafficView(requests: 7, failures: 1, queued: 2, sessions: 3))
  }
}
