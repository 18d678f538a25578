/// A DNS name as it stands in a request, such as `www.example.org`: what a group is chosen by.
///
/// Lower case. Goes into HAProxy's configuration as it is.
public struct HostName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let text: String

  /// - Throws: `Refusal.malformedHost` unless it is of labels `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?` with dots between them, 253
  ///   bytes at most.
  public init(_ text: String) throws(Refusal) {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else {
      throw .malformedHost(text)
    }
    self.text = text
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    let hyphen = UInt8(ascii: "-")
    guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else {
      return false
    }
    return label.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == hyphen
    }
  }

  public static func < (one: HostName, other: HostName) -> Bool { one.text < other.text }

  public var description: String { text }
}

extension HostName {
  /// A stored name keeps to the same rule.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
