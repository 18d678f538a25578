import Covey
import CoveyEngine
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

@Suite(.serialized) struct ExtractTests {
  /// What a failed start left running is no tampering.
  @Test func aMachineThatRunsOnItsOwnFilesIsNotCalledChanged() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let stage = try await LayerStage(lab, "runs", snapshots: 0)
        let found = await problem {
          _ = try await lab.layers.extract(
            0, of: stage.guest, onTemplate: true, near: nil, report: { _ in })
        }
        #expect(found?.hint.contains("covey stop runs") == true, "\(String(describing: found))")
      }
    }
  }

  /// A disk was moved away from a file system that has no room; exporting it must not need that room again.
  @Test(.enabled(if: geteuid() == 0))
  func whereTheGuestsFolderHasNoRoomTheCopyLiesBesideWhatItIsFor() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let name = Samples.name("out")
        let daemon = try lab.daemon(on: lab.stocked()) { _, _ in }
        _ = try await daemon.launch(name)
        try await daemon.ask(.stop(within: .zero, force: true), of: name)
        let request = try GuestRequest.moveDisk(MoveRequest(folder: "\(lab.root)/p/out"))
        #expect(try await daemon.ask(request, of: name).status == .done)
        let guest = try await daemon.guest(name)
        let home = SmallDisk(in: lab.files.folder(of: name))
        try home.mount(mebibytes: 1)
        defer { home.unmount() }
        home.fill(leaving: 0)
        let layer = guest.disks.active
        func extract(near path: String?) async throws -> String {
          try await lab.layers.extract(
            layer, of: guest, onTemplate: true, near: path, report: { _ in })
        }
        #expect(await problem { _ = try await extract(near: nil) }?.code == .noSpace)
        let archive = "\(lab.root)/out.covey"
        let file = try await extract(near: archive)
        #expect(HostFiles.parent(of: file) == lab.root)
        #expect(HostFiles.facts(of: file) != nil)
        try await lab.layers.dropExtract(of: guest, near: archive)
        #expect(HostFiles.facts(of: file) == nil)
        await daemon.end()
      }
    }
  }
}
