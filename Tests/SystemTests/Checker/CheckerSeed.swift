import Foundation
import Testing

/// A state folder in which the template `checker` is sealed, made before the first test that wants it.
///
/// It is not warm: a warm disk stands on the template by its path, and is only good in the folder that it was made in.
actor CheckerSeed {
  static let shared = CheckerSeed()

  private var made: String?

  /// One test runs at a time, so that nobody else asks while it is being made.
  func state() async throws -> String {
    if let made { return made }
    let place = "/tmp/cvs-checker-\(getpid())"
    try await Daemon.use { daemon in
      try await CheckerTemplate.assemble(at: "\(daemon.state)/checker")
      try await daemon.does("template build \(daemon.state)/checker")
      try await daemon.stop()
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      for part in Daemon.parts {
        try FileManager.default.copyItem(
          atPath: "\(daemon.state)/\(part)", toPath: "\(place)/\(part)")
      }
    }
    made = place
    return place
  }

  /// After the last test.
  func remove() throws {
    guard let made else { return }
    try FileManager.default.removeItem(atPath: made)
    self.made = nil
  }
}
