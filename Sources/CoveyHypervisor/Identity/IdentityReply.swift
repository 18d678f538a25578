import Covey

/// A guest's whole reply to a request: what became of each key, in the order of the request.
struct IdentityReply: Hashable, Sendable {
  enum Outcome: Hashable, Sendable {
    case done
    /// With the guest's reason.
    case failed(String)
    /// The guest has no such thing, or its program is older than the key.
    case unknown
  }

  struct Line: Hashable, Sendable {
    let key: String
    let outcome: Outcome
  }

  /// The key of the line by which a guest refuses a request as a whole.
  static let whole = "request"

  let lines: [Line]

  /// What to tell the user; nil when the guest did all that it was asked.
  func problem(for request: IdentityRequest, to guest: Guest) -> Problem? {
    let subject = "guest \(guest.name)"
    let failures = lines.filter { $0.outcome != .done }
    guard let first = failures.first else {
      guard lines.map(\.key) == request.keys.map(\.rawValue) else {
        return Problem(
          .unavailable, subject: subject,
          "guest \"\(guest.name)\" answered \(lines.map(\.key)) when it was told who it is, and not what it was asked",
          hint: Self.rebuild(guest))
      }
      return nil
    }
    let words = failures.map { line in
      switch line.outcome {
      case .failed(let why): "\(line.key) failed: \(why)"
      case .unknown, .done: "\(line.key) is unknown to it"
      }
    }
    let message =
      "guest \"\(guest.name)\" did not take its identity: \(words.joined(separator: "; "))"
    if first.outcome == .unknown {
      return Problem(.unsupported, subject: subject, message, hint: Self.rebuild(guest))
    }
    return Problem(
      .unavailable, subject: subject, message,
      hint: "mend the template \(guest.template), build it again, and make it warm again; "
        + "docs/identity.md says what each key does")
  }

  private static func rebuild(_ guest: Guest) -> String {
    "build the template \(guest.template) again, so that it gets this covey's identity program; see: "
      + "covey template lint \(guest.template)"
  }
}

/// Puts a reply together from what comes in, in pieces of any size.
struct IdentityReplyReader: Sendable {
  /// A reply has some hundred bytes; a guest that sends more says something else.
  static let longest = 64 << 10

  /// The guest says what no reply has.
  struct Malformed: Error { let line: String }

  private let tag: String
  private var line: [UInt8] = []
  private var lines: [IdentityReply.Line] = []
  private var count = 0

  init(for request: IdentityRequest) { tag = request.tag }

  /// Takes bytes; the reply once it is whole. Bytes after it are left alone.
  ///
  /// Replies with another tag are dropped: they are for a host that did not wait for them.
  mutating func take(_ bytes: some Sequence<UInt8>) throws(Malformed) -> IdentityReply? {
    for byte in bytes {
      count += 1
      guard count <= Self.longest else { throw Malformed(line: "more than \(Self.longest) bytes") }
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      defer { line = [] }
      if let reply = try take(line: String(decoding: line, as: UTF8.self)) { return reply }
    }
    return nil
  }

  private mutating func take(line: String) throws(Malformed) -> IdentityReply? {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      .map(String.init)
    switch (words[0], words.count) {
    case ("done", 2): lines.append(.init(key: words[1], outcome: .done))
    case ("unknown", 2): lines.append(.init(key: words[1], outcome: .unknown))
    case ("failed", 3): lines.append(.init(key: words[1], outcome: .failed(words[2])))
    case ("end", 1), ("end", 2):
      defer { lines = [] }
      // What cannot be read has no tag either.
      let isRefused = words.count == 1 && lines.first?.key == IdentityReply.whole
      if isRefused || words.last == tag { return IdentityReply(lines: lines) }
    default:
      throw Malformed(line: String(line.prefix(80)))
    }
    return nil
  }
}
