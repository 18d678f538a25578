import Foundation
import Testing

/// A folder of a test's own, gone with the last reference to it.
final class Folder: Sendable {
  let path: String
  private let isMount: Bool

  init() throws {
    path = try Self.make()
    isMount = false
  }

  /// A file system of its own with so much space. Only where `canMount`.
  init(mebibytes: Int) throws {
    path = try Self.make()
    isMount = true
    try #require(
      Self.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "covey-test", path))
  }

  /// Whether this process may mount a file system: root, outside of most containers.
  static let canMount: Bool = {
    guard getuid() == 0, let path = try? make() else { return false }
    defer { rmdir(path) }
    return run("mount", "-t", "tmpfs", "-o", "size=1m", "covey-test", path) && run("umount", path)
  }()

  deinit {
    if isMount { _ = Self.run("umount", "-l", path) }
    // A folder that stays behind in the temporary folder harms no later test.
    try? FileManager.default.removeItem(atPath: path)
  }

  func mode(of file: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + file)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  /// Writes until nothing is left of the file system.
  func fill() throws {
    try #require(FileManager.default.createFile(atPath: path + "/ballast", contents: nil))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/ballast"))
    defer { try? handle.close() }
    for size in [1 << 20, 1 << 16, 1 << 12] {
      while (try? handle.write(contentsOf: Data(repeating: 0, count: size))) != nil {}
    }
  }

  private static func make() throws -> String {
    let path = NSTemporaryDirectory() + "/covey-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return path
  }

  private static func run(_ words: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardError = nil
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
