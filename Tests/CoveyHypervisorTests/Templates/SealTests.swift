import Covey
import Foundation
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

@Suite struct SealTests {
  /// A shelf of its own with a copy of the built template.
  private func ownCopy() async throws -> BuiltTemplate.Built {
    let built = try await BuiltTemplate.shared.get()
    let shelf = try TestPlace.folder("shelf")
    try await TestPlace.copy(
      "\(built.shelf)/\(built.template.digest)", to: "\(shelf)/\(built.template.digest)")
    return BuiltTemplate.Built(
      shelf: shelf, templates: TemplateFolder(shelf: shelf, cache: KeptFiles.packages),
      template: built.template)
  }

  /// Turns one byte around, as root or a faulty disk might, and sets the file's time back.
  private func flipByte(of path: String) throws {
    let before = try #require(HostFiles.facts(of: path))
    try HostFiles.setMode(0o600, of: path)
    let file = open(path, O_RDWR | O_CLOEXEC)
    defer { close(file) }
    var byte: UInt8 = 0
    #expect(pread(file, &byte, 1, 4096) == 1)
    byte = ~byte
    #expect(pwrite(file, &byte, 1, 4096) == 1)
    #expect(futimens(file, [before.st_atim, before.st_mtim]) == 0)
    try HostFiles.setMode(0o444, of: path)
    let after = try #require(HostFiles.facts(of: path))
    #expect(after.st_size == before.st_size)
    #expect(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec)
  }

  @Test(arguments: SealedFile.Role.allCases)
  func anAlteredFileIsFoundThoughItsTimeWasSetBack(role: SealedFile.Role) async throws {
    let own = try await ownCopy()
    try await own.templates.verify(own.template)
    let path = own.templates.path(of: role, in: own.template)
    try flipByte(of: path)
    for templates in [own.templates, TemplateFolder(shelf: own.shelf, cache: "/none")] {
      let found = try #require(await problem { try await templates.verify(own.template) })
      let digest = try #require(own.template.files.first { $0.role == role }).digest
      #expect(found.code == .altered)
      #expect(found.message.contains(path) && found.message.contains(digest))
      let now = try await FileDigest.of(path)
      #expect(found.message.contains(now))
      #expect(found.hint.contains("covey template build"))
    }
  }

  @Test func aMissingFileIsFound() async throws {
    let own = try await ownCopy()
    try HostFiles.setMode(0o700, of: "\(own.shelf)/\(own.template.digest)")
    try HostFiles.remove(own.templates.path(of: .initrd, in: own.template))
    let found = await problem { try await own.templates.verify(own.template) }
    #expect(found?.code == .altered)
    #expect(found?.message.contains("initrd.gz is missing") == true)
  }

  @Test func buildingAgainHealsAnAlteredTemplate() async throws {
    let own = try await ownCopy()
    try flipByte(of: own.templates.path(of: .disk, in: own.template))
    let again = try await own.templates.build(folder: TestPlace.tinyWeb, at: .zero) { _ in }
    #expect(again.digest == own.template.digest)
    try await own.templates.verify(own.template)
    #expect(try HostFiles.names(in: own.shelf) == [again.digest])
  }

  @Test func aFileThatWasNotTouchedIsReadOnce() async throws {
    let check = SealCheck()
    let path = "\(try TestPlace.folder())/file"
    try HostFiles.write([1, 2, 3], to: path, mode: 0o644)
    let digest = FileDigest.of(bytes: [1, 2, 3])
    try await check.check(path, digest: digest, subject: "test", hint: "build it again")
    // Nobody may read it now, so that only its facts can have been looked at (root reads all the same).
    let facts = try #require(HostFiles.facts(of: path))
    try await check.check(path, digest: digest, subject: "test", hint: "build it again")
    #expect(try #require(HostFiles.facts(of: path)).st_atim.tv_nsec == facts.st_atim.tv_nsec)
    let other = await problem {
      try await check.check(
        path, digest: FileDigest.of(bytes: []), subject: "test", hint: "build it again")
    }
    #expect(other?.code == .altered)
  }
}
