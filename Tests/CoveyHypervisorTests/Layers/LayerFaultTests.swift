import Covey
import Testing

@testable import CoveyHypervisor

/// Every moment of every operation on disks, with QEMU killed there, the daemon, or both. One kind of operation alone:
/// `COVEY_LAYER_FAULT=move swift test --filter LayerFaultTests`.
struct LayerFaultTests {
  @Test(arguments: 0..<2)
  func nothingThatWasAcknowledgedIsLostAtAnyMoment(_ shard: Int) async {
    await #expect(processExitsWith: .success) { [shard = shard as Int] in
      let wish = HostFiles.environment("COVEY_LAYER_FAULT")
      let kinds = FaultKind.allCases.filter { wish == nil || $0.rawValue == wish }
      let pairs = kinds.flatMap { kind in Fault.allCases.map { (kind, $0) } }
      try await LayerLab.with { lab in
        for (index, (kind, fault)) in pairs.enumerated() where index % 2 == shard {
          for found in try await FaultTrial.complaints(lab, kind, fault) {
            Issue.record("\(found)")
          }
        }
      }
    }
  }
}

extension FaultTrial {
  /// Tries a kind of operation without a fault, and then with one at each of its moments.
  static func complaints(_ lab: LayerLab, _ kind: FaultKind, _ fault: Fault) async throws
    -> [String]
  {
    LayerLab.allowTime()
    var pilot = FaultTrial(lab, kind, fault, number: 0)
    let (moments, found) = try await pilot.run(at: nil)
    var complaints = found.map { "\(kind): \($0)" }
    for (index, moment) in moments.enumerated() {
      LayerLab.allowTime()
      var trial = FaultTrial(lab, kind, fault, number: index + 1)
      let found: [String]
      do { found = try await trial.run(at: moment).found } catch { found = ["\(error)"] }
      complaints += found.map { "\(kind), \(fault) at \(moment): \($0)" }
    }
    return complaints
  }
}
