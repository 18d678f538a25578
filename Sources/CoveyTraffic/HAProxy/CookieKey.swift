import Covey
import Foundation

/// What sticky cookies are made with: a secret of this installation, made once. Who could guess it could tell members'
/// addresses from their cookies, and choose a member.
enum CookieKey {
  private static let file = "cookie-key"

  /// - Parameter root: the folder of all listeners, in which it lies for this user only. Blocks for microseconds.
  /// - Throws: `.unavailable` when it can be neither read nor written.
  static func make(in root: String) throws -> String {
    if let key = try? read(in: root) { return key }
    var generator = SystemRandomNumberGenerator()
    let key = (0..<4).map { _ in
      let digits = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
    do {
      try FileManager.default.createDirectory(
        atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(key.utf8).write(to: URL(fileURLWithPath: root + "/" + file), options: .atomic)
      chmod(root + "/" + file, 0o600)
    } catch {
      throw Problem(
        .unavailable, subject: "balancer", "cannot write \(root)/\(file): \(error)",
        hint: "check that the state folder is writable and has space")
    }
    return key
  }

  /// Blocks for microseconds.
  ///
  /// - Throws: `.unavailable` when there is none yet.
  static func read(in root: String) throws -> String {
    let data = FileManager.default.contents(atPath: root + "/" + file) ?? Data()
    let key = String(decoding: data, as: UTF8.self)
    guard key.utf8.count == 64, key.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
    else {
      throw Problem(
        .unavailable, subject: "balancer", "\(root)/\(file) has no key for cookies",
        hint: "open the balancer again")
    }
    return key
  }
}
