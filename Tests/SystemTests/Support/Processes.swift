import Foundation

/// Living processes, known by their command lines in /proc.
enum Processes {
  /// Numbers of the processes whose command line has the text.
  static func running(with text: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { number in
      number != getpid() && commandLine(of: number).contains(text)
    }
  }

  /// Words separated by blanks; empty for a process that is gone or a zombie.
  static func commandLine(of number: Int32) -> String {
    let data = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") ?? Data()
    return String(decoding: data.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }

  /// Kills these processes and waits until they are gone.
  static func end(_ find: () -> [Int32]) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      let left = find()
      if left.isEmpty { return }
      for number in left { kill(number, SIGKILL) }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Unexpected("processes \(find()) do not end")
  }
}

/// What a test met that it cannot go on with.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
