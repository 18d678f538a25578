import Covey
import CoveyEngine
import Foundation
import Glibc
import Synchronization
import Support
import Testing

@testable import CoveyHypervisor

/// Real files on both sides of `covey export` and `covey import`.
@Suite struct ExchangeTests {
  private func elsewhere() throws -> TemplateFolder {
    TemplateFolder(shelf: try TestPlace.folder("shelf"), cache: KeptFiles.packages)
  }

  private func exported() async throws -> (BuiltTemplate.Built, String) {
    let built = try await BuiltTemplate.shared.get()
    let path = "\(try TestPlace.folder())/tiny-web.covey"
    let file = ExportFile(path, of: built.template)
    let result = try await built.templates.export(
      built.template, with: nil, disk: nil, to: file
    ) { _ in }
    #expect(result == OperationResult(path: path, digest: built.template.digest))
    try await built.templates.publish(file, digest: result.digest)
    // What was published once is published.
    try await built.templates.publish(file, digest: result.digest)
    return (built, path)
  }

  private func take(_ path: String, into shelf: TemplateFolder) async throws -> ImportedArchive {
    try await shelf.importArchive(path, at: .zero, progress: { _ in }, guest: { _ in })
  }

  @Test func whatIsImportedElsewhereHasTheSameDigestAndTheSameBytes() async throws {
    let (built, path) = try await exported()
    let other = try elsewhere()
    let archive = try await take(path, into: other)
    #expect(archive.template == built.template)
    for file in built.template.files {
      let mine = try await FileDigest.of(built.templates.path(of: file.role, in: built.template))
      #expect(try await FileDigest.of(other.path(of: file.role, in: archive.template)) == mine)
    }
    try await other.verify(archive.template)
  }

  @Test func theSameTemplateMakesTheSameFile() async throws {
    let (_, first) = try await exported()
    let (_, second) = try await exported()
    #expect(try await FileDigest.of(first) == FileDigest.of(second))
    #expect(try #require(HostFiles.facts(of: first)).st_mode & 0o777 == 0o600)
  }

  @Test func anyTarReadsTheFile() async throws {
    let (_, path) = try await exported()
    let list = try await Program.tar.run(["-tf", path], to: "list", subject: "test").text
    #expect(
      list.split(separator: "\n") == [
        "covey.json", "template.json", "disk.qcow2", "vmlinuz", "initrd.gz",
      ])
  }

  @Test func aFileThatIsThereIsNotOverwritten() async throws {
    let (built, path) = try await exported()
    let before = try await FileDigest.of(path)
    let found = await problem {
      _ = try await built.templates.export(
        built.template, with: nil, disk: nil, to: ExportFile(path, of: built.template)
      ) { _ in }
    }
    #expect(found?.code == .exists)
    #expect(try await FileDigest.of(path) == before)
  }

  @Test func ofTwoThatAreExportedToOnePathTheFirstGetsItWholeAndTheOtherIsTold() async throws {
    let built = try await BuiltTemplate.shared.get()
    let (guest, disk) = try await guestDisk(on: "disk.qcow2", built)
    let path = "\(try TestPlace.folder())/both.covey"
    let (first, second) = (ExportFile(path, of: guest), ExportFile(path, of: built.template))
    let result = try await built.templates.export(
      built.template, with: guest, disk: disk, to: first
    ) { _ in }
    let other = try await built.templates.export(
      built.template, with: nil, disk: nil, to: second
    ) { _ in }
    try await built.templates.publish(first, digest: result.digest)
    let refused = await problem {
      try await built.templates.publish(second, digest: other.digest)
    }
    #expect(refused?.code == .exists)
    try await built.templates.dropDraft(of: second)
    #expect(try HostFiles.names(in: HostFiles.parent(of: path)) == ["both.covey"])
    #expect(try await take(path, into: elsewhere()).digest == result.digest)
    let late = await problem { try await built.templates.publish(second, digest: other.digest) }
    #expect(late?.code == .exists, "a file of another that has the name is not its own")
  }

  @Test func anExportWhosePathIsTakenLeavesTheDraftOfAnotherAlone() async throws {
    let built = try await BuiltTemplate.shared.get()
    let (guest, disk) = try await guestDisk(on: "disk.qcow2", built)
    let path = "\(try TestPlace.folder())/both.covey"
    let (first, second) = (ExportFile(path, of: guest), ExportFile(path, of: built.template))
    _ = try await built.templates.export(
      built.template, with: guest, disk: disk, to: first
    ) { _ in }
    try HostFiles.write("mine".utf8, to: path, mode: 0o600)
    let refused = await problem {
      _ = try await built.templates.export(
        built.template, with: nil, disk: nil, to: second
      ) { _ in }
    }
    #expect(refused?.code == .exists)
    try await built.templates.dropDraft(of: second)
    #expect(HostFiles.facts(of: first.draft) != nil)
  }

  /// One byte of the first megabyte, of the middle and of the end.
  @Test(arguments: [0.0, 0.0001, 0.01, 0.3, 0.6, 0.95])
  func aChangedByteIsFoundAndNothingIsKept(_ place: Double) async throws {
    let (_, path) = try await exported()
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[Int(Double(bytes.count) * place)] ^= 0x10
    try bytes.write(to: URL(filePath: path))
    try await expectRefusal(of: path)
  }

  @Test(arguments: [0, 100, 512, 700, 5000, 1_000_000])
  func aFileThatIsCutOffIsRefused(_ length: Int) async throws {
    let (_, path) = try await exported()
    #expect(truncate(path, off_t(length)) == 0)
    try await expectRefusal(of: path)
  }

  @Test func whatIsNoExportIsRefused() async throws {
    let folder = try TestPlace.folder()
    try HostFiles.link("/etc/passwd", at: "\(folder)/link")
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    try HostFiles.write("hello".utf8, to: "\(folder)/text", mode: 0o600)
    for name in ["link", "pipe", "text", "missing", "."] {
      try await expectRefusal(of: "\(folder)/\(name)")
    }
  }

  /// Describes and holds a file that no export has, as well-formed as can be.
  @Test func aFileThatNoExportHasIsRefused() async throws {
    let folder = try TestPlace.folder()
    let content = Array("owned".utf8)
    let manifest = ExportManifest(
      template: "0", guest: nil,
      files: [
        .init(name: "passwd", size: Int64(content.count), digest: FileDigest.of(bytes: content))
      ])
    let description = try manifest.bytes()
    var bytes = TarHeader(name: "covey.json", size: Int64(description.count)).bytes + description
    bytes += [UInt8](repeating: 0, count: 512 - description.count % 512)
    bytes += TarHeader(name: "passwd", size: Int64(content.count)).bytes + content
    bytes += [UInt8](repeating: 0, count: 512 - content.count + 1024)
    try HostFiles.write(bytes, to: "\(folder)/bad.covey", mode: 0o600)
    try await expectRefusal(of: "\(folder)/bad.covey")
  }

  private func expectRefusal(of path: String) async throws {
    let shelf = try TestPlace.folder("shelf")
    let other = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    let found = await problem { _ = try await take(path, into: other) }
    let codes: [Problem.Code] = [.invalid, .altered, .notFound, .unsupported]
    #expect(found.map { codes.contains($0.code) } == true, "\(path): \(String(describing: found))")
    #expect(try HostFiles.names(in: shelf) == [])
  }

  @Test func aGuestComesWithItsTemplateAndItsDisk() async throws {
    let built = try await BuiltTemplate.shared.get()
    let (guest, disk) = try await guestDisk(on: "disk.qcow2", built)
    let path = "\(try TestPlace.folder())/one.covey"
    let file = ExportFile(path, of: guest)
    let result = try await built.templates.export(
      built.template, with: guest, disk: disk, to: file
    ) { _ in }
    try await built.templates.publish(file, digest: result.digest)
    let digest = try await FileDigest.of(disk)
    let seen = Mutex<(ImportedGuest, String)?>(nil)
    let archive = try await elsewhere().importArchive(path, at: .zero, progress: { _ in }) {
      guest in
      let found = try await FileDigest.of(guest.disk)
      seen.withLock { $0 = (guest, found) }
    }
    #expect(archive.digest == result.digest && archive.template == built.template)
    let kept = seen.withLock { $0 }
    let (taken, found) = try #require(kept)
    #expect(taken.name == guest.name && taken.machine == guest.machine && found == digest)
    #expect(HostFiles.facts(of: taken.disk) == nil, "it is gone when the import is over")
  }

  @Test(arguments: ["/etc/passwd", "../disk.qcow2", "json:{}", "nbd://localhost/x"])
  func aGuestsDiskThatStandsOnAnythingElseIsRefused(_ below: String) async throws {
    let built = try await BuiltTemplate.shared.get()
    let (guest, disk) = try await guestDisk(on: below, built)
    let path = "\(try TestPlace.folder())/one.covey"
    let file = ExportFile(path, of: guest)
    let result = try await built.templates.export(
      built.template, with: guest, disk: disk, to: file
    ) { _ in }
    try await built.templates.publish(file, digest: result.digest)
    let found = await problem { _ = try await take(path, into: elsewhere()) }
    #expect(found?.code == .invalid)
  }

  private func guestDisk(on below: String, _ built: BuiltTemplate.Built) async throws -> (
    Guest, String
  ) {
    let guest = Guest(
      name: try Name("one"), uuid: "00000000-0000-4000-8000-000000000001",
      template: built.template, group: nil, machine: built.template.machine, disk: .persistent,
      address: IPv4Address(number: 0x7F4D_0002), ports: [], health: built.template.health,
      created: .zero)
    let disk = "\(try TestPlace.folder())/guest.qcow2"
    try await Program.qemuImg.run(
      ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-u", "-b", below, disk, "64M"], to: "make",
      subject: "test")
    return (guest, disk)
  }

  @Test func aGuestsDiskBecomesATemplateThatNamesWhereItCameFrom() async throws {
    let built = try await BuiltTemplate.shared.get()
    let (guest, _) = try await guestDisk(on: "disk.qcow2", built)
    let disk = "\(try TestPlace.folder())/whole.qcow2"
    try await Program.qemuImg.run(
      [
        "convert", "-q", "-O", "qcow2", built.templates.path(of: .disk, in: built.template), disk,
      ], to: "make", subject: "test")
    let shelf = built.templates
    let made = try await shelf.derive(
      try Name("mine"), from: guest, of: built.template, disk: disk, at: .zero)
    #expect(made.base == built.template.digest && made.name.text == "mine")
    #expect(made.kernelArguments == built.template.kernelArguments)
    try await shelf.verify(made)
    try await Program.qemuImg.run(
      [
        "compare", "-q", shelf.path(of: .disk, in: made),
        shelf.path(of: .disk, in: built.template),
      ], to: "compare", subject: "test")
    try await shelf.remove(made)
  }
}
