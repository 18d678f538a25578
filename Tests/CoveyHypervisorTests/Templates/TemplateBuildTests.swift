import Covey
import Foundation
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

@Suite struct TemplateBuildTests {
  @Test func theSameFolderAndPackagesGiveTheSameDigest() async throws {
    let first = try await BuiltTemplate.shared.get()
    let shelf = try TestPlace.folder("shelf")
    let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    let reports = Reports()
    let second = try await templates.build(
      folder: await TestPlace.copyOfTinyWeb(), at: Timestamp(milliseconds: 5), report: reports.add)
    #expect(second.digest == first.template.digest)
    #expect(second.files == first.template.files)
    #expect(reports.all.contains("making the disk"))
    #expect(reports.all.last == "sealing")

    let before = HostFiles.facts(of: "\(shelf)/\(second.digest)")
    _ = try await templates.build(folder: TestPlace.tinyWeb, at: .zero) { _ in }
    let after = HostFiles.facts(of: "\(shelf)/\(second.digest)")
    #expect(before?.st_ino == after?.st_ino)
    #expect(before?.st_ctim.tv_nsec == after?.st_ctim.tv_nsec)
    #expect(try HostFiles.names(in: shelf) == [second.digest])
  }

  @Test func aSealedTemplateIsReadOnlyAndDescribesItself() async throws {
    let built = try await BuiltTemplate.shared.get()
    let folder = "\(built.shelf)/\(built.template.digest)"
    #expect(try #require(HostFiles.facts(of: folder)).st_mode & 0o777 == 0o555)
    let names = try HostFiles.names(in: folder)
    #expect(names == ["disk.qcow2", "initrd.gz", "template.json", "vmlinuz"])
    for name in names {
      #expect(try #require(HostFiles.facts(of: "\(folder)/\(name)")).st_mode & 0o777 == 0o444)
    }
    #expect(try await FileDigest.of("\(folder)/template.json") == built.template.digest)
    #expect(built.template.name.text == "tiny-web")
    #expect(built.template.ports == [80, 9707] && built.template.reportPort == 9707)
    #expect(built.template.kernelArguments.hasPrefix("console=ttyS0 quiet no_timer_check "))
    #expect(built.template.kernelArguments.hasSuffix(" covey.uuid={uuid}"))
    #expect(Set(built.template.files.map(\.role)) == Set(SealedFile.Role.allCases))
    try await built.templates.verify(built.template)
  }

  @Test func everythingInTheImageBelongsToRoot() async throws {
    let built = try await BuiltTemplate.shared.get()
    let raw = "\(try TestPlace.folder())/root.raw"
    let disk = built.templates.path(of: .disk, in: built.template)
    try await Program.qemuImg.run(
      ["convert", "-O", "raw", disk, raw], to: "convert", subject: "test")
    try await Program(name: "e2fsck", package: "e2fsprogs").run(
      ["-fn", raw], to: "check", subject: "test")
    for folder in ["/", "/www/cgi-bin", "/etc"] {
      let list = try await Program.debugfs.run(
        ["-R", "ls -p \(folder)", raw], to: "list", subject: "test")
      let entries = list.text.split(separator: "\n").map { $0.split(separator: "/") }
      #expect(entries.count > 2)
      // inode / mode / uid / gid / name
      #expect(entries.allSatisfy { $0.count < 4 || ($0[2] == "0" && $0[3] == "0") })
    }
  }

  @Test func aCancelledBuildLeavesNothing() async throws {
    let shelf = try TestPlace.folder("shelf")
    let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    let (stages, continuation) = AsyncStream<String>.makeStream()
    let build = Task {
      try await templates.build(folder: TestPlace.tinyWeb, at: .zero) { continuation.yield($0) }
    }
    for await stage in stages where stage.hasPrefix("unpacking linux-image") { break }
    build.cancel()
    let outcome = await build.result
    #expect(throws: Problem.self) { try outcome.get() }
    if case .failure(let error) = outcome { #expect((error as? Problem)?.code == .cancelled) }
    #expect(try HostFiles.names(in: shelf).isEmpty)
  }

  @Test func aDeadBuildersFolderIsSweptByTheNextOne() throws {
    let shelf = try TestPlace.folder("shelf")
    try HostFiles.makeFolder("\(shelf)/.building-dead00/work")
    let running = try BuildPlace(in: shelf)
    defer { running.unlock() }
    let other = try BuildPlace(in: shelf)
    defer { other.unlock() }
    let names = try HostFiles.names(in: shelf).map { "\(shelf)/\($0)" }
    #expect(Set(names) == [running.path, other.path])
  }

  @Test func aPackageThatAptDoesNotKnowIsNamedWithWhatToDo() async throws {
    let folder = try await TestPlace.copyOfTinyWeb()
    let yaml = try TestPlace.tinyWebManifest()
      .replacing("[busybox-static]", with: "[no-such-package-of-covey]")
    try HostFiles.write(yaml.utf8, to: "\(folder)/template.yaml", mode: 0o644)
    let shelf = try TestPlace.folder("shelf")
    let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    let problem = await problem {
      _ = try await templates.build(folder: folder, at: .zero) { _ in }
    }
    #expect(problem?.code == .unavailable)
    #expect(problem?.message.contains("no-such-package-of-covey") == true)
    #expect(problem?.hint.contains("apt-get update") == true)
    #expect(try HostFiles.names(in: shelf).isEmpty)
  }

  @Test func aRemovedTemplateIsGoneAndRemovingItAgainSucceeds() async throws {
    let shelf = try TestPlace.folder("shelf")
    let built = try await BuiltTemplate.shared.get()
    try await TestPlace.copy(
      "\(built.shelf)/\(built.template.digest)", to: "\(shelf)/\(built.template.digest)")
    let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
    try await templates.remove(built.template)
    try await templates.remove(built.template)
    #expect(try HostFiles.names(in: shelf).isEmpty)
    let problem = await problem { try await templates.verify(built.template) }
    #expect(problem?.code == .altered)
  }
}
