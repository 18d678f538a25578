import Foundation

/// A private folder with a short path, removed with its last reference.
final class ShortFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/cvd-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      print("left behind: \(path): \(error)")
    }
  }

  /// The permission bits of a file or folder below it.
  func mode(of file: String = "") throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }

  func write(_ text: String, to file: String) throws -> String {
    try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
    return "\(path)/\(file)"
  }
}
