import Covey
import Foundation
import Support
import Testing

@testable import CoveyHypervisor

struct AcceleratorProbeTests {
  private func probe(_ link: LibvirtLink, scratch: String) -> AcceleratorProbe {
    AcceleratorProbe(
      link: link, time: VirtualTime(), identifiers: CountingIdentifiers(), scratch: scratch)
  }

  @Test func onTheTestDriverThereIsNothingToSettle() async {
    let probe = probe(LibvirtLink(uri: "test:///default"), scratch: "/nowhere")
    let known = probe.withoutProbe(fingerprint: "f")
    #expect(known.accelerator == .tcg)
    #expect(known.isSettled)
    #expect(known.fingerprint == "f")
    #expect(await probe.probe(kernel: "/k", initrd: "/i", fingerprint: "f") == known)
  }

  @Test func withoutAProbeNothingButTCGIsClaimed() {
    let link = LibvirtLink(uri: "qemu:///embed?root=/nowhere")
    let known = probe(link, scratch: "/nowhere").withoutProbe(fingerprint: "f")
    let isThere = access("/dev/kvm", R_OK | W_OK) == 0
    #expect(known.accelerator == .tcg)
    #expect(known.isSettled == !isThere)
    #expect(known.evidence.contains("/dev/kvm"))
  }

  @Test func anUnreachableLibvirtSettlesNothingAndIsToldInOneLine() async throws {
    let link = LibvirtLink(uri: "qemu+unix:///system?socket=/nowhere")
    let found = await probe(link, scratch: try TestPlace.folder("probe"))
      .probe(kernel: "/k", initrd: "/i", fingerprint: "f")
    #expect(found.accelerator == .tcg)
    #expect(!found.isSettled)
    #expect(!found.evidence.contains("\n"))
    #expect(found.evidence.count < 400)
  }
}

/// Probes on real machines, each in a process of its own (`EmbeddedPlace`).
@Suite(.serialized) struct AcceleratorProbeMachineTests {
  @Test func aKernelThatIsNoneSettlesTCGWithShortEvidenceAndLeavesNothing() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        try Data("no kernel\n".utf8).write(to: URL(filePath: "\(place.root)/kernel"))
        try Data("no initrd\n".utf8).write(to: URL(filePath: "\(place.root)/initrd"))
        let before = try FileManager.default.contentsOfDirectory(atPath: place.root)
        let probe = AcceleratorProbe(
          link: place.link, time: VirtualTime(), identifiers: CountingUUIDs(),
          scratch: place.root)
        let found = await probe.probe(
          kernel: "\(place.root)/kernel", initrd: "\(place.root)/initrd", fingerprint: "f")
        #expect(found.accelerator == .tcg)
        #expect(found.isSettled)
        #expect(!found.evidence.contains("\n"))
        #expect(found.evidence.count < 400)
        #expect(try await place.link.connection().domains().isEmpty)
        let after = try FileManager.default.contentsOfDirectory(atPath: place.root)
        #expect(Set(after).subtracting(before).subtracting(["l"]).isEmpty)
      }
    }
  }

  @Test func filesThatAreNotThereSettleTCGInOneLine() async {
    await #expect(processExitsWith: .success) {
      try await EmbeddedPlace.with { place in
        let probe = AcceleratorProbe(
          link: place.link, time: VirtualTime(), identifiers: CountingUUIDs(),
          scratch: place.root)
        let found = await probe.probe(kernel: "/nowhere/k", initrd: "/nowhere/i", fingerprint: "f")
        #expect(found.accelerator == .tcg)
        #expect(found.isSettled)
        #expect(!found.evidence.contains("\n"))
        #expect(found.evidence.count < 400)
      }
    }
  }
}
