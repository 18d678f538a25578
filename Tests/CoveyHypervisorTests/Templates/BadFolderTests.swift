import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// A folder that is wrong is refused before anything is fetched, and leaves nothing behind.
@Suite struct BadFolderTests {
  private func refusal(of folder: String) async throws -> Problem {
    let shelf = try TestPlace.folder("shelf")
    let templates = TemplateFolder(shelf: shelf, cache: "\(shelf)/cache")
    let problem = await problem {
      _ = try await templates.build(folder: folder, at: .zero) { _ in }
    }
    #expect(try HostFiles.names(in: shelf).isEmpty)
    let found = try #require(problem)
    #expect(found.code == .invalid)
    #expect(!found.hint.isEmpty)
    return found
  }

  private func refusal(ofManifest change: (String) -> String) async throws -> Problem {
    let folder = try await TestPlace.copyOfTinyWeb()
    let yaml = change(try TestPlace.tinyWebManifest())
    try HostFiles.write(yaml.utf8, to: "\(folder)/template.yaml", mode: 0o644)
    return try await refusal(of: folder)
  }

  @Test func aMissingFolderIsNamed() async throws {
    let folder = "\(try TestPlace.folder())/none"
    #expect(try await refusal(of: folder).message.contains(folder))
  }

  @Test func aFileIsNoTemplateFolder() async throws {
    let problem = try await refusal(of: "\(TestPlace.tinyWeb)/template.yaml")
    #expect(problem.message.contains("not a folder"))
  }

  @Test func aFolderWithoutManifestIsRefused() async throws {
    let problem = try await refusal(of: TestPlace.folder())
    #expect(problem.message.contains("no template.yaml"))
  }

  @Test func aManifestThatIsAPipeIsRefusedWithoutWaitingForIt() async throws {
    let folder = try TestPlace.folder()
    #expect(mkfifo("\(folder)/template.yaml", 0o600) == 0)
    #expect(try await refusal(of: folder).message.contains("pipe"))
  }

  @Test func aHugeOrBinaryManifestIsRefused() async throws {
    let folder = try TestPlace.folder()
    let file = "\(folder)/template.yaml"
    try HostFiles.write([0xFF, 0xFE, 0x00], to: file, mode: 0o644)
    #expect(try await refusal(of: folder).message.contains("UTF-8"))
    #expect(truncate(file, 1 << 40) == 0)
    #expect(try await refusal(of: folder).message.contains("larger"))
  }

  @Test func anUnknownKeyIsReportedWithLineAndNearestKey() async throws {
    let problem = try await refusal(ofManifest: { $0.replacing("summary:", with: "sumary:") })
    #expect(problem.message.contains("line 4: unknown key \"sumary\""))
    #expect(problem.hint.contains("summary"))
  }

  @Test(arguments: [
    ("memory: 128MiB", "memory: 1MiB"), ("memory: 128MiB", "memory: 2TiB"), ("cpus: 1", "cpus: 0"),
    ("ports: [80, 9707]", "ports: []"), ("ports: [80, 9707]", "ports: [80, 80]"),
    ("port: 80", "port: 81"),
    ("path: /", "path: index.html"), ("within: 60s", "within: 0s"), ("size: 64MiB", "size: 1MiB"),
    ("files: root", "files: ../root"), ("files: root", "files: /etc"),
    ("files: root", "files: nowhere"), ("files: root", "files: README.md"),
    ("package: linux", "package: -o linux"), ("[busybox-static]", "[--help]"),
    ("[virtio_pci", "[-r"), ("name: tiny-web", "name: Tiny"), ("name: tiny-web", "nothing: 1"),
    ("console=ttyS0 quiet no_timer_check", "\"a\\nb\""),
    ("packages: [busybox-static]", "debian: {suite: bookworm}"),
  ])
  func aWrongValueIsRefused(right: String, wrong: String) async throws {
    _ = try await refusal(ofManifest: { $0.replacing(right, with: wrong) })
  }

  @Test func whatAnImageCannotHoldIsRefused() async throws {
    let pipe = try await TestPlace.copyOfTinyWeb()
    #expect(mkfifo("\(pipe)/root/pipe", 0o600) == 0)
    #expect(try await refusal(of: pipe).message.contains("/root/pipe is a pipe"))

    let quoted = try await TestPlace.copyOfTinyWeb()
    try HostFiles.write([], to: "\(quoted)/root/a\"b", mode: 0o644)
    #expect(try await refusal(of: quoted).message.contains("name"))
  }

  @Test(arguments: ["/etc/passwd", "../../../etc/passwd", "../../template.yaml"])
  func aLinkThatLeavesTheFilesIsRefused(target: String) async throws {
    let folder = try await TestPlace.copyOfTinyWeb()
    try HostFiles.link(target, at: "\(folder)/root/etc/leak")
    #expect(try await refusal(of: folder).message.contains("link to \(target)"))
  }

  @Test func aFilesFolderThatIsALinkIsRefused() async throws {
    let folder = try await TestPlace.copyOfTinyWeb()
    try HostFiles.remove("\(folder)/root")
    try HostFiles.link("/etc", at: "\(folder)/root")
    #expect(try await refusal(of: folder).message.contains("is a link"))
  }
}
