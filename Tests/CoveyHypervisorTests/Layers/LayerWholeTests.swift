import Covey
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

struct LayerWholeTests {
  /// A layer is removed once the one that took it in has all of it on the disk, whatever QEMU said.
  @Test func aLayerThatDoesNotHoldAllOfTheOtherIsFound() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let trial = try await MoveTrial(lab, "whole") { _, _ in }
        let guest = try await trial.daemon.guest(trial.name)
        try await trial.daemon.ask(.stop(within: .zero, force: true), of: trial.name)
        let (lower, upper) = (lab.files.layer(0, of: guest), lab.files.layer(1, of: guest))
        let found = await problem { try await lab.layers.requireWhole(lower, with: upper, guest) }
        #expect(found?.code == .unavailable)
        try await Program.qemuImg.run(
          ["commit", "-q", "-f", "qcow2", "-b", lower, "-d", upper], to: "merge", subject: "test")
        try await lab.layers.requireWhole(lower, with: upper, guest)
        await trial.daemon.end()
      }
    }
  }
}
