import Covey
import Foundation
import Testing

/// `docs/limits.md` says what the constants say.
@Suite struct LimitsTests {
  @Test(arguments: [
    ("MachineSize.cpusAllowed", range(MachineSize.cpusAllowed)),
    ("MachineSize.memoryAllowed", range(MachineSize.memoryAllowed)),
    ("TemplateRecipe.sizeAllowed", range(TemplateRecipe.sizeAllowed)),
    ("GroupSpec.largestMax", "\(GroupSpec.largestMax)"),
    ("Zone.longestDomain", "\(Zone.longestDomain)"),
    ("Zone.timeToLive", Zone.timeToLive.text),
    ("Zone.longestStale", Zone.longestStale.text),
    ("GroupSpec.surgeAllowed", range(GroupSpec.surgeAllowed)),
    ("BalancedMember.weightsAllowed", range(BalancedMember.weightsAllowed)),
    ("Traffic.mostHosts", "\(Traffic.mostHosts)"),
    ("MemberReport.mostBytes", "\(MemberReport.mostBytes)"),
    ("MemberReport.mostMetrics", "\(MemberReport.mostMetrics)"),
    ("MemberReport.weightsAllowed", range(MemberReport.weightsAllowed)),
    ("DiskTree.snapshotsAtMost", "\(DiskTree.snapshotsAtMost)"),
    ("DiskTree.depthAtMost", "\(DiskTree.depthAtMost)"),
    ("Note.longest", "\(Note.longest)"),
    ("BackupSet.incrementsAtMost", "\(BackupSet.incrementsAtMost)"),
    ("BackupSet.backupsAtMost", "\(BackupSet.backupsAtMost)"),
    ("BackupMark.kept", "\(BackupMark.kept)"),
    ("MovingAddress.seatsAllowed", range(MovingAddress.seatsAllowed)),
    ("MovingAddress.routersAllowed", range(MovingAddress.routersAllowed)),
    ("MovingAddress.movesKept", "\(MovingAddress.movesKept)"),
    ("NetworkAddress.prefixAllowed", range(NetworkAddress.prefixAllowed)),
    ("AddressPool.standard", "\(AddressPool.standard(block: 0).count)"),
    ("LaunchRequest.shortestReady", LaunchRequest.shortestReady.text),
    ("Inventory.restAfterFailure", Inventory.restAfterFailure.text),
    ("LaunchBrake.firstWait", LaunchBrake.firstWait.text),
    ("LaunchBrake.longestWait", LaunchBrake.longestWait.text),
    ("LaunchBrake.failuresUntilStop", "\(LaunchBrake.failuresUntilStop)"),
    ("LaunchBrake.provenAfter", LaunchBrake.provenAfter.text),
    ("RepairBrake.fewestDown", "\(RepairBrake.fewestDown)"),
    ("RepairBrake.window", RepairBrake.window.text),
    ("RepairBrake.firstHold", RepairBrake.firstHold.text),
    ("RepairBrake.longestHold", RepairBrake.longestHold.text),
    ("StartHistory.kept", "\(StartHistory.kept)"),
    ("StartHistory.fewest", "\(StartHistory.fewest)"),
    ("StartHistory.margin", "\(StartHistory.margin)"),
    ("StartHistory.shortestGrace", StartHistory.shortestGrace.text),
    ("RolloutPlan.surgeAllowed", range(RolloutPlan.surgeAllowed)),
    ("RolloutPlan.unavailableAllowed", range(RolloutPlan.unavailableAllowed)),
    ("RolloutPlan.canaryAllowed", range(RolloutPlan.canaryAllowed)),
    ("Rollout.failuresAllowed", "\(Rollout.failuresAllowed)"),
    ("Rollout.downAllowed", Rollout.downAllowed.text),
    ("Inventory.finishedOperationsKept", "\(Inventory.finishedOperationsKept)"),
  ])
  func thePageHasTheConstantsValue(_ constant: String, _ value: String) throws {
    let row = try #require(Self.rows.first { $0.contains("| `\(constant)` |") }, "no row for it")
    #expect(row.contains("| \(value) |"))
  }

  @Test func thePageHasTheDefaultStopTime() throws {
    let row = try #require(Self.rows.first { $0.contains("`Guest.stopWithin`") })
    #expect(row.contains("| \(Guest.stopWithin.text) ("))
  }

  @Test func aNameHas63CharactersAtMost() throws {
    #expect(try Self.value(of: "length of a name") == "63 characters")
    #expect(throws: Never.self) { try Name(String(repeating: "a", count: 63)) }
    #expect(throws: Refusal.self) { try Name(String(repeating: "a", count: 64)) }
  }

  @Test func aDurationHas30DaysAtMost() throws {
    #expect(try Self.value(of: "any duration") == "720h")
    #expect(throws: Never.self) { try Duration(reading: "720h") }
    #expect(throws: Refusal.self) { try Duration(reading: "721h") }
  }

  @Test func theDefaultsOfAGroupAreThoseOfThePage() throws {
    var settings = GroupSettings()
    settings.template = try Name("tiny-web")
    settings.listen = try Endpoint("127.0.0.1:8080")
    let spec = try settings.spec(defaultPort: 80)
    #expect(
      try Self.value(of: "`min`, `max`, `surge`, `standby`")
        == "\(spec.min), \(spec.max), \(spec.surge), \(spec.standby)")
    let thresholds = "\(Int(spec.policy.cpuAbove)) %, \(Int(spec.policy.cpuBelow)) %"
    #expect(try Self.value(of: "`cpuAbove`, `cpuBelow`") == thresholds)
    #expect(try Self.value(of: "`for`") == spec.policy.hold.text)
    #expect(try Self.value(of: "`cooldown`") == spec.policy.cooldown.text)
    #expect(try Self.value(of: "`interval`") == spec.interval.text)
    #expect(try Self.value(of: "`drainWithin`") == spec.drainWithin.text)
    #expect(try Self.value(of: "`disk` of a member") == spec.disk.rawValue)
  }

  private static let rows: [String] = {
    let top = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    // Without the page every test of this suite fails by finding no row.
    let page = try? String(
      contentsOf: top.appendingPathComponent("docs/limits.md"), encoding: .utf8)
    return (page ?? "").split(separator: "\n").map(String.init).filter { $0.hasPrefix("|") }
  }()

  private static func value(of beginning: String) throws -> String {
    let row = try #require(rows.first { $0.hasPrefix("| \(beginning)") }, "no row for it")
    return row.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
  }

  private static func range<Bound>(_ bounds: ClosedRange<Bound>) -> String {
    "\(bounds.lowerBound) to \(bounds.upperBound)"
  }
}
