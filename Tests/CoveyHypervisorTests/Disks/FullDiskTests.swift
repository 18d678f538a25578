import Covey
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

/// Full file systems: real ones where the tests may mount them, else the words that programs have for them
/// (`ProgramTests.aFullDiskInAProgramsWordsIsAFullDisk`).
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounts take root")) struct FullDiskTests {
  /// Runs a test in a small file system of its own.
  private func withSmallDisk(_ mebibytes: Int, _ test: (String) async throws -> Void) async throws {
    let place = try TestPlace.folder("small")
    guard mount("tmpfs", place, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
      throw HostFiles.problem("cannot mount", place)
    }
    do {
      try await test(place)
    } catch {
      umount2(place, Int32(MNT_DETACH))
      throw error
    }
    // Detached: a child that another test has just started may hold a file there for a while.
    #expect(umount2(place, Int32(MNT_DETACH)) == 0)
  }

  @Test(arguments: [20, 125])
  func aBuildThatMeetsAFullDiskSaysWhichAndLeavesNothing(mebibytes: Int) async throws {
    _ = try await BuiltTemplate.shared.get()
    try await withSmallDisk(mebibytes) { place in
      let templates = TemplateFolder(shelf: "\(place)/shelf", cache: KeptFiles.packages)
      let found = await problem {
        _ = try await templates.build(folder: TestPlace.tinyWeb, at: .zero) { _ in }
      }
      #expect(found?.code == .noSpace, "\(String(describing: found))")
      #expect(found?.message.contains("the file system at \(place) has") == true)
      let left = try HostFiles.names(in: "\(place)/shelf")
      #expect(left.isEmpty)
    }
  }

  @Test func noOverlayIsBegunWithTooLittleSpace() async throws {
    let built = try await BuiltTemplate.shared.get()
    try await withSmallDisk(32) { place in
      let disks = OverlayDisks(
        guests: "\(place)/guests", templates: built.templates,
        warm: WarmPlaces(shelf: "/none"))
      let guest = Guest(
        name: try Name("web-1"), uuid: "00000000-0000-4000-8000-000000000001",
        template: built.template, group: nil, machine: built.template.machine, disk: .ephemeral,
        address: IPv4Address(number: 0x7F4D_0002), ports: [], health: built.template.health,
        created: .zero)
      let found = await problem { try await disks.create(for: guest, from: built.template) }
      #expect(found?.code == .noSpace)
      #expect(found?.message.contains("the file system at \(place) has 32MiB free") == true)
      let left = try HostFiles.names(in: place)
      #expect(left.isEmpty)
    }
  }

  @Test func aFailingWriteNamesTheFileSystem() throws {
    let found = HostFilesWrite.problem { try HostFiles.write([1], to: "/dev/full", mode: 0o600) }
    #expect(found?.code == .noSpace)
    #expect(found?.message.contains("/dev") == true)
  }

  private enum HostFilesWrite {
    static func problem(of call: () throws -> Void) -> Problem? {
      do { try call() } catch { return error as? Problem }
      return nil
    }
  }
}
