import Covey
import Support
import Testing

/// Which versions of a template may go while others stay.
struct TemplateVersionTests {
  private let web = Samples.name("tiny-web")

  /// Versions `d1`, `d2` and `d3`, the last one the newest.
  private func inventory(guests: [Guest] = [], groups: [Group] = []) -> Inventory {
    var inventory = Samples.inventory(guests: guests, groups: groups)
    for (digest, at) in [("d2", Int64(2)), ("d3", 3)] {
      inventory.templates[digest] = Samples.template(digest: digest, at: at)
    }
    return inventory
  }

  private func inUse(_ digest: String, guests: [Name] = [], groups: [Name] = []) -> Refusal {
    .versionInUse(digest, of: web, guests: guests, groups: groups)
  }

  @Test func aVersionThatNothingNeedsGoesAlone() throws {
    let inventory = inventory(guests: [Samples.guest()])
    #expect(try inventory.deletableVersion("d2", of: web).digest == "d2")
    #expect(try inventory.deletableVersion("d3", of: web).digest == "d3", "also the newest")
    #expect(throws: Refusal.noSuchVersion("d9", of: web, found: 0)) {
      try inventory.deletableVersion("d9", of: web)
    }
    #expect(throws: Refusal.noSuchVersion("d", of: web, found: 3)) {
      try inventory.deletableVersion("d", of: web)
    }
  }

  @Test func aVersionThatAGuestStandsOnStays() {
    #expect(throws: inUse("d1", guests: [Samples.name("db")])) {
      try inventory(guests: [Samples.guest()]).deletableVersion("d1", of: web)
    }
  }

  @Test func aVersionThatAGuestIsBeingBroughtToStays() {
    let guest = Samples.guest(state: .stopped)
    for step in [GuestAction.rebaseLayer(0, onto: "d2"), .note(.rebased(onto: "d2"))] {
      var inventory = inventory(guests: [guest])
      inventory.operations["op1"] = Operation(
        id: "op1", verb: "rebase", guest: guest.name, group: nil,
        plan: Plan([step], ending: .unchanged), began: .zero)
      #expect(throws: inUse("d2", guests: [guest.name])) {
        try inventory.deletableVersion("d2", of: web)
      }
    }
  }

  @Test func aVersionOnWhichAMemoryWasSavedStaysAfterARebase() throws {
    var guest = Samples.guest()
    let request = GuestRequest.snapshot(try SnapshotRequest(savesMemory: true))
    guard case .proceed(let plan) = guest.decide(request, in: inventory()),
      let taken = plan.steps.compactMap({
        if case .takeSnapshot(let it, _) = $0 { it } else { nil }
      })
      .first
    else {
      Issue.record("no snapshot was taken")
      return
    }
    guest.disks.apply(.taken(taken, turnedTo: 1), at: .zero)
    var inventory = inventory(guests: [guest])
    inventory.apply(
      LoggedEvent(
        revision: 1, at: .zero, event: .diskChanged(guest.name, .rebased(onto: "d3"))))
    #expect(throws: inUse("d1", guests: [guest.name])) {
      try inventory.deletableVersion("d1", of: web)
    }
    #expect(try inventory.deletableVersion("d2", of: web).digest == "d2")
  }

  @Test func ofAMemoryWhoseVersionWasNotNotedAllOlderOnesStay() throws {
    var guest = Samples.guest()
    let old = Snapshot(name: Samples.name("old"), layer: 0, memory: 1)
    guest.disks.apply(.taken(old, turnedTo: 1), at: Timestamp(milliseconds: 2))
    let inventory = inventory(guests: [guest])
    #expect(throws: inUse("d2", guests: [guest.name])) {
      try inventory.deletableVersion("d2", of: web)
    }
    #expect(try inventory.deletableVersion("d3", of: web).digest == "d3")
  }

  @Test func aGroupNeedsTheVersionThatItLaunches() throws {
    var group = Samples.group()
    #expect(throws: inUse("d3", groups: [group.name])) {
      try inventory(groups: [group]).deletableVersion("d3", of: web)
    }
    #expect(try inventory(groups: [group]).deletableVersion("d2", of: web).digest == "d2")
    group.version = "d2"
    #expect(throws: inUse("d2", groups: [group.name])) {
      try inventory(groups: [group]).deletableVersion("d2", of: web)
    }
    #expect(try inventory(groups: [group]).deletableVersion("d3", of: web).digest == "d3")
  }

  @Test func aGroupThatIsUpdatedNeedsBothVersionsUntilThatIsOver() throws {
    let member = Samples.guest("web-1", group: "web", disk: .ephemeral, state: .serving)
    let group = Samples.group()
    var inventory = inventory(guests: [member], groups: [group])
    func happen(_ events: [Event]) {
      for event in events {
        inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: .zero, event: event))
      }
    }
    guard
      case .proceed(let began) = GroupRequest.update(to: "d2", Samples.rollout())
        .decide(group.name, in: inventory, at: .zero)
    else {
      Issue.record("no update began")
      return
    }
    happen(began)
    for digest in ["d1", "d2"] {
      #expect(throws: Refusal.self) { try inventory.deletableVersion(digest, of: web) }
    }
    happen([.rolloutMoved(group.name, .failed, why: "it does not start")])
    #expect(throws: inUse("d2", groups: [group.name]), "it may be rolled back, by way of both") {
      try inventory.deletableVersion("d2", of: web)
    }
    happen([
      .rolloutMoved(group.name, .rollingBack, why: nil),
      .rolloutMoved(group.name, .rolledBack, why: nil),
    ])
    #expect(try inventory.deletableVersion("d2", of: web).digest == "d2")
  }
}
