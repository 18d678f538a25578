import Covey
import Testing

@testable import CoveyHypervisor

/// Every moment of every operation on disks, with QEMU killed there, the daemon, or both.
struct LayerFaultTests {
  @Test(arguments: FaultKind.allCases, Fault.allCases)
  func nothingThatWasAcknowledgedIsLostAtAnyMoment(of kind: FaultKind, by fault: Fault) async {
    await #expect(processExitsWith: .success) {
      [kind = kind as FaultKind, fault = fault as Fault] in
      try await LayerLab.with { lab in
        var pilot = FaultTrial(lab, kind, fault, number: 0)
        let (moments, found) = try await pilot.run(at: nil)
        #expect(found.isEmpty, "\(kind): \(found.joined(separator: "; "))")
        for (index, moment) in moments.enumerated() {
          var trial = FaultTrial(lab, kind, fault, number: index + 1)
          let found: [String]
          do { found = try await trial.run(at: moment).found } catch { found = ["\(error)"] }
          #expect(
            found.isEmpty, "\(kind), \(fault) at \(moment): \(found.joined(separator: "; "))")
        }
      }
    }
  }
}
