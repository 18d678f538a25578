import Covey
import Support
import Testing

/// The hard cap in random histories: whatever is asked, fails, dies or is lost, a group never has more guests than it may.
struct HardCapTests {
  static let seeds = (1...200).map { UInt64($0) }

  @Test(arguments: seeds)
  func noHistoryExceedsTheCap(_ seed: UInt64) {
    var history = Self.history(seed)
    let cap = history.record?.spec.cap ?? 0
    for step in 1...120 {
      if history.chance(4) { Self.askForASize(&history) }
      history.advance()
      let size = history.members.count
      #expect(size <= cap, "seed \(seed), step \(step): \(size) guests, cap \(cap)")
    }
    #expect(history.launches > 0, "seed \(seed): nothing was ever launched")
  }

  /// An update may add its surge; guests over the cap that remain when it ends are on their way out.
  @Test(arguments: seeds.prefix(40))
  func noUpdateExceedsTheCapAndItsSurge(_ seed: UInt64) throws {
    var history = Self.history(seed)
    history.inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    var most = history.record?.spec.cap ?? 0
    for step in 1...160 {
      if history.chance(4) { Self.askForASize(&history) }
      if history.chance(6) { Self.askForAnUpdate(&history) }
      if history.chance(10) { Self.noteSigns(&history) }
      if history.chance(20) { try history.restart() }
      most = max(most, history.record?.cap ?? 0)
      history.advance()
      let size = history.members.count
      #expect(size <= most, "seed \(seed), step \(step): \(size) guests, at most \(most)")
    }
  }

  private static func history(_ seed: UInt64) -> GroupHistory {
    var history = GroupHistory(seed: seed) { random in
      let max = Int.random(in: 1...5, using: &random)
      let surge = Int.random(in: 0...1, using: &random)
      let disk = DiskMode.allCases.randomElement(using: &random) ?? .ephemeral
      var record = Samples.group(min: 1, max: max, surge: surge, disk: disk)
      var settings = GroupSettings()
      settings.standby = disk == .ephemeral ? Int.random(in: 0...3, using: &random) : 0
      do { record.spec = try settings.spec(changing: record.spec) } catch { Issue.record(error) }
      return record
    }
    if history.chance(2) { history.inventory.warmSets["w1"] = Samples.warmSet() }
    return history
  }

  private static func askForASize(_ history: inout GroupHistory) {
    guard let spec = history.record?.spec else { return }
    let size = Int.random(in: spec.min...spec.max, using: &history.random)
    history.note(.desiredChanged(history.group, to: size, why: "chance"))
    if history.chance(2) { history.request(history.chance(2) ? .retry : .resume) }
  }

  private static func askForAnUpdate(_ history: inout GroupHistory) {
    let surge = Int.random(in: 0...3, using: &history.random)
    let plan = Samples.rollout(
      surge: surge, unavailable: Int.random(in: (surge == 0 ? 1 : 0)...2, using: &history.random),
      canary: Int.random(in: 0...2, using: &history.random), rollsBack: history.chance(2))
    let version = ["d1", "d2"].randomElement(using: &history.random)
    let asked: [GroupRequest] = [
      .update(to: version, plan), .update(to: nil, plan), .pauseUpdate, .resumeUpdate, .rollBack,
    ]
    if let request = asked.randomElement(using: &history.random) { history.request(request) }
  }

  private static func noteSigns(_ history: inout GroupHistory) {
    for member in history.members where member.state == .serving {
      history.signs.downSince[member.name] = history.chance(2) ? history.now : nil
    }
  }
}
