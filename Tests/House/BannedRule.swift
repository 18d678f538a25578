/// Calls that the house does without, why, and what to use instead.
struct BannedRule {
  let word: String
  let why: String
  let instead: String
  /// Rooms that may; the empty set means that none may.
  var freeRooms: Set<String> = []

  private static let executables: Set = ["Sources/covey", "Sources/coveyd"]
  /// Where ports meet the world, and what talks to people.
  private static let outerRooms: Set = [
    "Sources/covey", "Sources/coveyd", "Sources/CoveyHypervisor", "Sources/CoveyTraffic",
    "Sources/CoveyWire", "Sources/Libvirt",
  ]

  static let all = [
    BannedRule(word: "try!", why: "it ends the process", instead: "throw, or handle the error"),
    BannedRule(word: "as!", why: "it ends the process", instead: "use as? and handle nil"),
    BannedRule(
      word: "fatalError(", why: "it ends a daemon that others depend on",
      instead: "throw a Problem; for a programmer's mistake use precondition with a reason"),
    BannedRule(
      word: "Task {", why: "nobody waits for it, and its errors are lost",
      instead: "use a task group, async let, or a Service"),
    BannedRule(
      word: "Task(", why: "nobody waits for it, and its errors are lost",
      instead: "use a task group, async let, or a Service"),
    BannedRule(
      word: "Task.detached", why: "nobody waits for it, and its errors are lost",
      instead: "use a task group, async let, or a Service"),
    BannedRule(
      word: "Task.sleep", why: "a test would have to wait too", instead: "use the TimeSource port",
      freeRooms: outerRooms),
    BannedRule(
      word: "Date()", why: "rules and the engine are tested with a clock of their own",
      instead: "take a Timestamp, or use the TimeSource port", freeRooms: outerRooms),
    BannedRule(
      word: "ContinuousClock.now", why: "rules and the engine are tested with a clock of their own",
      instead: "take a Timestamp, or use the TimeSource port", freeRooms: outerRooms),
    BannedRule(
      word: "SuspendingClock.now", why: "rules and the engine are tested with a clock of their own",
      instead: "take a Timestamp, or use the TimeSource port", freeRooms: outerRooms),
    BannedRule(
      word: "UUID()", why: "what happened must be replayable",
      instead: "use the Identifiers port", freeRooms: outerRooms),
    BannedRule(
      word: ".random(", why: "what happened must be replayable",
      instead: "use the Identifiers port", freeRooms: outerRooms),
    BannedRule(
      word: "print(", why: "only the executables talk to people",
      instead: "return the text, or use a Logger", freeRooms: executables),
  ]

  /// Places that may after all, as file and word, with the reason.
  static let exemptions: [String: String] = [
    "Sources/CoveyHypervisor/Guests/LibvirtLink.swift Task {":
      "the task is kept, and everyone who needs the connection awaits it",
    "Sources/CoveyEngine/Guests/Shelter.swift Task(":
      "it is awaited at once; a task of its own is what is not cancelled",
  ]

  static func findings(_ file: SourceFile) -> [Finding] {
    leftovers(file) + (file.isSource ? calls(file) : [])
  }

  private static func calls(_ file: SourceFile) -> [Finding] {
    let banned = all.filter {
      !$0.freeRooms.contains(file.room) && exemptions["\(file.path) \($0.word)"] == nil
    }
    .flatMap { rule in
      file.lines(calling: rule.word).map {
        Finding(file.path, line: $0, "\(rule.word) is banned here: \(rule.why)", rule.instead)
      }
    }
    return banned + emptyCatches(file)
  }

  /// A `catch` of everything whose body holds no code. A comment does not count: the error is gone
  /// all the same. A `catch` with a pattern names what it lets go.
  private static func emptyCatches(_ file: SourceFile) -> [Finding] {
    file.lines(calling: "catch").filter { line in
      let rest = file.code[(line - 1)...].joined(separator: " ")
      guard let start = rest.firstRange(of: "catch") else { return false }
      let body = rest[start.upperBound...].filter { !$0.isWhitespace }
      return body.hasPrefix("{}")
    }
    .map {
      Finding(
        file.path, line: $0, "an empty catch loses the error",
        "throw it on, log it, or use try? with a comment that says why it does not matter")
    }
  }

  private static func leftovers(_ file: SourceFile) -> [Finding] {
    // Put together here, so that this file does not find itself.
    let marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
    return file.lines.indices.flatMap { index in
      marks.filter { file.lines[index].stands($0) }.map {
        Finding(
          file.path, line: index + 1, "a \($0) was left behind",
          "do it now, or open an issue and remove the mark")
      }
    }
  }
}
