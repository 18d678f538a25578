extension MemberReport {
  /// Why an answer is no report, in words.
  public struct Nonsense: Error, Hashable, Sendable {
    public let why: String
  }

  /// Reads a whole answer. Strict: one wrong word makes all of it nonsense.
  ///
  /// Line 1 has words between spaces, tabs and commas: `up`, `ready`, `drain`, `maint`, `down`, `fail`, `failed` or `stopped`, a
  /// weight such as `75%`, and `# WHY` at its end. Further lines are `cost NUMBER` or `metric NAME NUMBER`. Lines end with a
  /// line feed, and a carriage return before it if need be.
  ///
  /// - Throws: `Nonsense` with the first thing that is wrong.
  public init(parsing text: String) throws(Nonsense) {
    guard text.utf8.count <= Self.mostBytes else {
      throw Nonsense(why: "it is longer than \(Self.mostBytes) bytes")
    }
    guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || [0x09, 0x0A, 0x0D].contains($0) })
    else { throw Nonsense(why: "it is not plain ASCII text") }
    // In Swift's text a carriage return and a line feed are one character.
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard let first = lines.first else { throw Nonsense(why: "it is empty") }
    let status = try Status(first)
    var figures = Figures()
    for line in lines.dropFirst() { try figures.read(line) }
    self.init(
      standing: status.standing ?? .up, weight: status.weight, why: status.why,
      cost: figures.cost, metrics: figures.metrics)
  }
}

/// The first line, which HAProxy reads too.
private struct Status {
  var standing: MemberReport.Standing?
  var weight: Int?
  var why: String?

  init(_ line: Substring) throws(MemberReport.Nonsense) {
    let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      let words = parts[1].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      why = words.isEmpty ? nil : words
    }
    let words = parts[0].split { $0 == " " || $0 == "\t" || $0 == "," }
    guard !words.isEmpty else { throw MemberReport.Nonsense(why: "its first line has no word") }
    var isReady = false
    for word in words {
      if word.last == "%" {
        guard weight == nil, let percent = Figures.whole(word.dropLast()),
          MemberReport.weightsAllowed.contains(percent)
        else { throw MemberReport.Nonsense(why: "\"\(word)\" is no weight of 0% to 256%") }
        weight = percent
      } else if word == "ready" {
        isReady = true
      } else if let said = Self.standings[word] {
        // HAProxy would take the last one; a member that says two things means neither.
        guard standing == nil else {
          throw MemberReport.Nonsense(why: "it says \"\(word)\" beside another state")
        }
        standing = said
      } else {
        throw MemberReport.Nonsense(why: "\"\(word.prefix(40))\" is no word of a report")
      }
    }
    guard !isReady || standing == nil || standing == .up else {
      throw MemberReport.Nonsense(why: "it says \"ready\" beside another state")
    }
  }

  private static let standings: [Substring: MemberReport.Standing] = [
    "up": .up, "drain": .drain, "maint": .maint, "down": .down, "fail": .down, "failed": .down,
    "stopped": .down,
  ]
}

/// The further lines.
private struct Figures {
  var cost: Double?
  var metrics: [Name: Double] = [:]

  mutating func read(_ line: Substring) throws(MemberReport.Nonsense) {
    let words = line.split { $0 == " " || $0 == "\t" }
    switch (words.first, words.count) {
    case ("cost", 2):
      guard cost == nil, let value = Self.number(words[1]),
        (0...MemberReport.largestCost).contains(value)
      else {
        throw MemberReport.Nonsense(why: "\"\(line.prefix(40))\" is no cost of 0 to 1000000000")
      }
      cost = value
    case ("metric", 3):
      guard let name = try? Name(String(words[1])), metrics[name] == nil,
        let value = Self.number(words[2])
      else { throw MemberReport.Nonsense(why: "\"\(line.prefix(40))\" is no metric") }
      metrics[name] = value
      guard metrics.count <= MemberReport.mostMetrics else {
        throw MemberReport.Nonsense(why: "it has more than \(MemberReport.mostMetrics) metrics")
      }
    default:
      throw MemberReport.Nonsense(why: "\"\(line.prefix(40))\" is no line of a report")
    }
  }

  static func whole(_ text: Substring) -> Int? {
    (1...3).contains(text.count) && text.utf8.allSatisfy(isDigit) ? Int(text) : nil
  }

  /// A decimal number as people write it: no exponent, no `nan`.
  private static func number(_ text: Substring) -> Double? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), digits.count <= 20,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) })
    else { return nil }
    return Double(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
