import Foundation

/// Lines that say how far it is, with the time since the beginning.
struct Progress: Sendable {
  private let began = ContinuousClock.now

  func say(_ line: String) {
    let seconds = began.duration(to: .now).components.seconds
    let stamp = String(format: "%3d:%02d", Int(seconds / 60), Int(seconds % 60))
    FileHandle.standardError.write(Data("\(stamp)  \(line)\n".utf8))
  }
}
