import Covey
import Foundation

/// Says what went wrong with a file of the state folder.
enum StateFile {
  /// - Throws: `.noSpace`, `.unavailable`.
  static func reporting<Value>(
    _ what: String, subject: String, _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch {
      let full = (error as? CocoaError)?.code == .fileWriteOutOfSpace
      throw Problem(
        full ? .noSpace : .unavailable, subject: subject, "cannot \(what): \(error)",
        hint: "check that the state folder is writable and has space")
    }
  }
}
