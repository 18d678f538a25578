import Foundation

/// Lines that say how far it is, with the time since the beginning of the whole run.
struct Progress: Sendable {
  private let began: Date

  /// - Parameter place: made when the run began; all its stages count from there.
  init(_ place: Place) {
    let facts = try? FileManager.default.attributesOfItem(atPath: place.began)
    began = facts?[.modificationDate] as? Date ?? .now
  }

  func say(_ line: String) {
    let seconds = Int(Date.now.timeIntervalSince(began))
    let stamp = String(format: "%3d:%02d", seconds / 60, seconds % 60)
    FileHandle.standardError.write(Data("\(stamp)  \(line)\n".utf8))
  }
}
