import Covey
import CoveyEngine
import Foundation

/// What tells this covey's guests from those of another one on the same libvirt.
enum Installation {
  /// Reads the identifier, or makes one the first time.
  ///
  /// - Throws: `Problem` when it can be neither read nor written.
  static func identifier(at path: String, from identifiers: any Identifiers) throws -> String {
    if let data = FileManager.default.contents(atPath: path) {
      let text = String(decoding: data, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      if !text.isEmpty { return text }
    }
    let fresh = identifiers.uuid()
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data("\(fresh)\n".utf8), attributes: [.posixPermissions: 0o600])
    else {
      throw Problem(
        .unavailable, subject: path, "\(path) cannot be written",
        hint: "check space and permissions")
    }
    return fresh
  }
}
