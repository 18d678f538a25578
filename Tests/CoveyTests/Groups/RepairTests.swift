import Covey
import Support
import Testing

/// Who is replaced when checks find members down or machines are gone.
struct RepairTests {
  @Test func aMemberThatIsDownForLongIsGivenUpAndTheNextOneWaitsForItsSuccessor() throws {
    var history = try serving(5)
    history.signs.downSince = [name(1): history.now]
    try wait(31, &history)
    #expect(history.inventory.guests[name(1)]?.state != .serving)
    history.signs.downSince = [name(2): history.now]
    history.now = history.now + .seconds(40)
    history.request(.judge(history.signs))
    #expect(history.inventory.guests[name(2)]?.state == .serving, "its turn has not come")
    replace(&history)
    history.request(.judge(history.signs))
    #expect(history.inventory.guests[name(2)]?.state == .failed)
  }

  @Test func machinesThatAreGoneAreReplacedOneAtATime() throws {
    var history = try serving(4)
    for number in 1...3 {
      history.note(.guestFound(name(number), .stopped, reason: "its machine ended by itself"))
    }
    history.reconcile()
    history.reconcile()
    #expect(history.running.map(\.verb).sorted() == ["delete"])
    finish(&history)
    history.reconcile()
    #expect(history.running.map(\.verb) == ["launch"], "max leaves no room before")
    #expect(history.members.filter { $0.state == .stopped }.count == 2)
    for _ in 1...10 {
      finish(&history)
      history.reconcile()
      #expect(history.running.filter { $0.verb == "launch" }.count <= 1)
    }
    #expect(history.available == 4)
  }

  @Test func whenMostGoDownAtOnceNothingIsEndedAndTheyComeBackByThemselves() throws {
    var history = try serving(4)
    for number in 1...3 { history.signs.downSince[name(number)] = history.now }
    let before = history.members.map(\.uuid)
    for _ in 1...25 {
      history.now = history.now + .seconds(1)
      history.request(.judge(history.signs))
      history.reconcile()
      #expect(history.running.isEmpty)
    }
    let words = try #require(history.record?.repair?.words(at: history.now))
    #expect(
      words == "3 of 4 serving members were found down at once, so that none is ended; "
        + "in 6s one is replaced as a trial")
    history.signs.downSince = [:]
    history.request(.judge(history.signs))
    #expect(history.record?.repair == nil)
    #expect(history.members.map(\.uuid) == before)
  }

  @Test func aTrialThatServesLetsTheOthersFollowOneAtATime() throws {
    var history = try serving(4)
    for number in 1...4 { history.signs.downSince[name(number)] = history.now }
    history.request(.judge(history.signs))
    #expect(history.record?.repair != nil)
    history.now = history.now + .seconds(31)
    history.request(.judge(history.signs))
    #expect(history.record?.repair?.trial == name(1))
    #expect(history.members.filter { $0.state == .failed }.map(\.name) == [name(1)])
    replace(&history)
    #expect(history.record?.repair?.isProven == true)
    history.request(.judge(history.signs))
    #expect(history.members.filter { $0.state == .failed }.map(\.name) == [name(2)])
    replace(&history)
    // Two of four are up: the others are no longer most.
    history.request(.judge(history.signs))
    #expect(history.record?.repair == nil)
  }

  @Test func aTrialThatFailsDoublesTheHoldAndRetryEndsIt() throws {
    var history = try serving(3)
    history.badVersions = ["d1"]
    for number in 1...3 { history.signs.downSince[name(number)] = history.now }
    history.request(.judge(history.signs))
    history.now = history.now + .seconds(31)
    history.request(.judge(history.signs))
    replace(&history)
    let until = try #require(history.record?.repair?.until)
    #expect(until - history.now >= .seconds(55))
    #expect(history.record?.repair?.trial == nil)
    history.request(.judge(history.signs))
    #expect(!history.members.contains { $0.state == .failed })
    let answer1 = history.request(.retry)
    #expect(answer1)
    history.request(.judge(history.signs))
    #expect(history.record?.repair?.trial != nil)
  }

  @Test func aPersistentMemberIsStartedAgainInPlace() throws {
    var history = try serving(2, disk: .persistent)
    history.signs.downSince = [name(1): history.now]
    try wait(31, &history)
    history.reconcile()
    #expect(history.running.map(\.verb) == ["start"])
    #expect(history.running.map(\.guest) == [name(1)])
  }

  @Test func retryReleasesTheBrakeOfLaunchesAndSaysWhenThereIsNothingToDo() throws {
    var history = try serving(1)
    let answer2 = history.request(.retry)
    #expect(!answer2)
    for _ in 1...LaunchBrake.failuresUntilStop {
      history.note(.launchRefused(history.group, Problem(.noSpace, "the disk is full")))
    }
    #expect(history.record?.brake.hasStopped == true)
    let answer3 = history.request(.retry)
    #expect(answer3)
    #expect(history.record?.brake.failures == 0)
  }

  private func name(_ number: Int) -> Name { Samples.name("web-\(number)") }

  private func serving(_ size: Int, disk: DiskMode = .ephemeral) throws -> GroupHistory {
    var history = GroupHistory(seed: 1) { _ in
      Samples.group(min: 1, max: size, disk: disk, desired: size)
    }
    history.isRough = false
    for _ in 1...200 where history.available < size { history.advance() }
    #expect(history.available == size)
    history.now = history.now + LaunchBrake.provenAfter
    return history
  }

  private func wait(_ seconds: Int64, _ history: inout GroupHistory) throws {
    history.now = history.now + .seconds(seconds)
    history.request(.judge(history.signs))
  }

  private func finish(_ history: inout GroupHistory) {
    for operation in history.running {
      let version = history.inventory.guests[operation.guest]?.templateDigest ?? ""
      let isBad = operation.ending.isRise && history.badVersions.contains(version)
      history.note(
        isBad
          ? .operationFailed(operation.id, Problem(.deadline, "no answer"), undone: true)
          : .operationDone(operation.id))
    }
    history.signs.downSince = history.signs.downSince.filter {
      history.inventory.guests[$0.key]?.state == .serving
    }
  }

  /// What was given up goes and its successor comes, or fails to.
  private func replace(_ history: inout GroupHistory) {
    for _ in 1...2 {
      history.reconcile()
      history.signs.downSince = history.signs.downSince.filter {
        history.inventory.guests[$0.key]?.state == .serving
      }
      finish(&history)
    }
  }
}
