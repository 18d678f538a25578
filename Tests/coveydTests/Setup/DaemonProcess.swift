import Foundation

/// The real coveyd, built beside the tests, on libvirt's test driver.
final class DaemonProcess: Sendable {
  private let process = Process()
  private let words: AsyncStream<Data>
  private let ended: AsyncStream<Int32>

  init(state: String) throws {
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "coveyd")
    process.arguments = ["--state", state, "--connect", "test:///default"]
    process.environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("COVEY_")
    }
    let pipe = Pipe()
    process.standardError = pipe
    let (words, hear) = AsyncStream<Data>.makeStream()
    self.words = words
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      guard data.isEmpty else { return _ = hear.yield(data) }
      handle.readabilityHandler = nil
      hear.finish()
    }
    let (ended, end) = AsyncStream<Int32>.makeStream()
    self.ended = ended
    process.terminationHandler = {
      end.yield($0.terminationStatus)
      end.finish()
    }
    try process.run()
  }

  var identifier: Int32 { process.processIdentifier }

  /// Waits until it has said a text on standard error; returns all that it said when it never does.
  func said(_ text: String) async -> String {
    var heard = ""
    for await data in words {
      heard += String(decoding: data, as: UTF8.self)
      if heard.contains(text) { break }
    }
    return heard
  }

  func signal(_ signal: Int32) { kill(identifier, signal) }

  /// Waits for its end and returns its exit status or its signal.
  func end() async -> Int32 { await ended.first { _ in true } ?? -1 }
}
