import Covey
import CoveyEngine
import Foundation
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

/// Archives that are well-formed and hold what no guest or template may have.
@Suite(.timeLimit(.minutes(2))) struct HostileArchiveTests {
  private let place: String

  init() throws { place = try TestPlace.folder("hostile") }

  /// Writes an archive of a template and a guest's disk, as `export` would have.
  private func archive(
    description: [UInt8]? = nil, disk: String? = nil, guestDisk: String? = nil
  ) async throws -> String {
    let built = try await BuiltTemplate.shared.get()
    let (shelf, template) = (built.templates, built.template)
    let text = "\(place)/template.json"
    let own = try HostFiles.text(of: shelf.descriptionPath(of: template), limit: 1 << 20)
    try HostFiles.write(description ?? Array(own.utf8), to: text, mode: 0o600)
    var files = [(name: SealDescription.fileName, path: text)]
    for file in template.files {
      let path = file.role == .disk ? disk : nil
      files.append(
        (SealDescription.fileName(of: file.role), path ?? shelf.path(of: file.role, in: template)))
    }
    if let guestDisk { files.append((ExportManifest.guestDisk, guestDisk)) }
    var entries: [ExportManifest.File] = []
    for (name, path) in files {
      let size = Int64(try #require(HostFiles.facts(of: path)).st_size)
      entries.append(.init(name: name, size: size, digest: try await FileDigest.of(path)))
    }
    let guest = ExportedGuest(
      name: try Name("one"), machine: template.machine, ports: [80], health: template.health)
    let manifest = ExportManifest(
      template: try await FileDigest.of(text), guest: guestDisk.map { _ in guest }, files: entries)
    let path = "\(place)/bad.covey"
    let bytes = try manifest.bytes()
    let file = ExportFile(path, of: template)
    try await ArchiveWriter(file: file, subject: "test", total: .mebibytes(1)) { _ in }
      .write(bytes, files)
    try await shelf.publish(file, digest: nil)
    return path
  }

  private func refusal(of archive: String) async throws -> Problem? {
    let shelf = try TestPlace.folder("shelf")
    let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    return await problem {
      _ = try await templates.importArchive(archive, at: .zero, progress: { _ in }) { _ in
        Issue.record("the guest was taken")
      }
    }
  }

  /// A guest's disk that stands on its template and has one thing wrong besides.
  @Test(arguments: [
    (72, 4, "a data file"), (72, 1, "a dirty bit"), (72, 2, "a corrupt bit"),
    (24, 1 << 60, "an absurd size"), (32, 2, "encryption"), (40, 1 << 50, "tables beyond its end"),
  ])
  func aGuestsDiskWithAWrongHeaderIsRefused(_ offset: Int, _ number: Int, _ what: String)
    async throws
  {
    let lab = try ImageLab()
    try await lab.qemuImg(
      "create", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", "disk.qcow2", "a.qcow2", "64M")
    if offset == 32 {
      try lab.patch(lab.path("a.qcow2"), at: offset, number: UInt32(number))
    } else {
      try lab.patch(lab.path("a.qcow2"), at: offset, number: UInt64(number))
    }
    let found = try await refusal(of: archive(guestDisk: lab.path("a.qcow2")))
    let codes: [Problem.Code] = [.invalid, .limit, .unsupported]
    #expect(found.map { codes.contains($0.code) } == true, "\(what): \(String(describing: found))")
  }

  @Test(arguments: PointingImageTests.qcow2)
  func aGuestsDiskThatPointsAtTheHostIsRefusedAndTheHostsFileNotOpened(
    _ one: PointingImageTests.Case
  ) async throws {
    let lab = try ImageLab()
    let image = try await one.make(lab, lab.secret)
    let path = try await archive(guestDisk: image)
    let watch = try OpeningWatch(lab.secret)
    #expect(try await refusal(of: path)?.code == .invalid)
    #expect(!watch.wasOpened)
  }

  /// Its header is well; only a look through its tables finds it.
  @Test func imagesWithBrokenTablesAreRefused() async throws {
    let lab = try ImageLab()
    try await lab.qemuImg(
      "create", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", "disk.qcow2", "a.qcow2", "64M")
    let built = try await BuiltTemplate.shared.get()
    try HostFiles.copy(
      built.templates.path(of: .disk, in: built.template), to: lab.path("b.qcow2"), mode: 0o600)
    // The first entry of the first-level table leads where there is nothing.
    for name in ["a.qcow2", "b.qcow2"] {
      // Bytes 40 to 47 of the header say where it lies.
      let header = try Data(contentsOf: URL(filePath: lab.path(name)))
      let table = header[40..<48].reduce(0) { $0 << 8 | Int($1) }
      try lab.patch(lab.path(name), at: table, number: UInt64(1) << 63 | 64 << 20)
    }
    #expect(try await refusal(of: archive(guestDisk: lab.path("a.qcow2")))?.code == .invalid)
    try HostFiles.remove("\(place)/bad.covey")
    #expect(try await refusal(of: archive(disk: lab.path("b.qcow2")))?.code == .invalid)
  }

  /// Its description has a space more: what is sealed of it is the template that is there, and not what the archive says.
  @Test func anArchiveThatIsRefusedLeavesATemplateThatIsThere() async throws {
    let built = try await BuiltTemplate.shared.get()
    let own = try HostFiles.text(
      of: built.templates.descriptionPath(of: built.template), limit: 1 << 20)
    let path = try await archive(description: Array((own + " ").utf8))
    let found = await problem {
      _ = try await built.templates.importArchive(path, at: .zero, progress: { _ in }) { _ in }
    }
    #expect(found?.code == .altered)
    try await built.templates.verify(built.template)
  }
}
