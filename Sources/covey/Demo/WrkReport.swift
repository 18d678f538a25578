import CoveyWire

/// What wrk counted, read from the summary that it prints at its end.
struct WrkReport: Sendable, Hashable {
  let requests: Int
  let seconds: Double
  /// Answers other than 2xx and 3xx.
  let badAnswers: Int
  /// Connect, read, write and timeout errors.
  let socketErrors: Int

  var failures: Int { badAnswers + socketErrors }

  /// - Throws: `unavailable` when the text has no summary.
  init(_ text: String) throws {
    var (requests, seconds): (Int?, Double?) = (nil, nil)
    var (bad, broken) = (0, 0)
    for line in text.split(separator: "\n") {
      let words = line.split { " ,".contains($0) }
      if let mark = words.firstIndex(of: "requests"), mark == 1, words.count > 3, words[2] == "in" {
        requests = Int(words[0])
        seconds = Self.seconds(words[3])
      } else if line.contains("Non-2xx or 3xx responses:") {
        bad = words.last.flatMap { Int($0) } ?? 0
      } else if line.contains("Socket errors:") {
        broken = words.compactMap { Int($0) }.reduce(0, +)
      }
    }
    guard let requests, let seconds else {
      throw ErrorView(
        code: "unavailable", message: "wrk ended without a summary: \(text.suffix(200))",
        subject: "wrk", hint: "run the wrk command above by hand to see why")
    }
    (self.requests, self.seconds) = (requests, seconds)
    (badAnswers, socketErrors) = (bad, broken)
  }

  /// wrk writes spans as `500.00ms`, `2.00s`, `1.25m`.
  private static func seconds(_ text: Substring) -> Double? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let units = ["us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))] else {
      return nil
    }
    return value * unit
  }
}
