import Covey
import Foundation
import Glibc
import Support

@testable import CoveyHypervisor

/// Private folders of this test run, removed when its process ends.
enum TestPlace {
  static let root: String = {
    let path = "/tmp/covey-hypervisor-tests-\(getpid())"
    mkdir(path, 0o700)
    atexit { try? HostFiles.remove(TestPlace.root) }
    return path
  }()

  static let templates = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "templates").path

  static var tinyWeb: String { "\(templates)/tiny-web" }

  /// A new, empty folder.
  static func folder(_ name: String = "case") throws -> String {
    try HostFiles.makeTemporaryFolder("\(root)/\(name)-")
  }

  /// A copy of tiny-web that a test may spoil.
  static func copyOfTinyWeb() async throws -> String {
    let folder = "\(try self.folder())/tiny-web"
    try await copy(tinyWeb, to: folder)
    return folder
  }

  /// Copies a folder; the copies belong to the current user, which Foundation does not manage.
  static func copy(_ folder: String, to place: String) async throws {
    try await Program(name: "cp", package: "coreutils").run(
      ["-R", "-P", folder, place], to: "cannot copy \(folder)", subject: "test")
  }

  static func tinyWebManifest() throws -> String {
    try HostFiles.text(of: "\(tinyWeb)/template.yaml", limit: 1 << 20)
  }
}

/// tiny-web, built for real once for all tests.
actor BuiltTemplate {
  static let shared = BuiltTemplate()

  struct Built: Sendable {
    let shelf: String
    let templates: TemplateFolder
    let template: Template
  }

  private var building: Task<Built, any Error>?

  func get() async throws -> Built {
    if let building { return try await building.value }
    let task = Task {
      let shelf = try TestPlace.folder("shelf")
      let templates = TemplateFolder(shelf: shelf, cache: KeptFiles.packages)
      let template = try await templates.build(folder: TestPlace.tinyWeb, at: .zero) { _ in }
      return Built(shelf: shelf, templates: templates, template: template)
    }
    building = task
    return try await task.value
  }
}

/// Collects the words of a build's stages.
final class Reports: Sendable {
  private let lines = Lines()
  private final class Lines: @unchecked Sendable {
    let lock = NSLock()
    var lines: [String] = []
  }

  var all: [String] { lines.lock.withLock { lines.lines } }
  func add(_ line: String) { lines.lock.withLock { lines.lines.append(line) } }
}

/// The problem that a call throws; nil when it succeeds or throws something else.
func problem(of call: () async throws -> Void) async -> Problem? {
  do {
    try await call()
    return nil
  } catch {
    return error as? Problem
  }
}
