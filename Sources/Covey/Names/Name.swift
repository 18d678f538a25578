/// The name of a guest, group or template, safe in XML, DNS, HAProxy and file names.
///
/// 1 to 63 characters: a lower-case letter first, then letters, digits and hyphens, no hyphen last.
/// libvirt itself admits spaces, quotes and accents (seen with 9.0), which break what comes after.
public struct Name: Hashable, Sendable {
  public let text: String

  /// - Throws: `Refusal.malformedName` when the text does not match.
  public init(_ text: String) throws(Refusal) {
    guard Self.matches(text) else { throw .malformedName(text) }
    self.text = text
  }

  /// The name of a group's member: the group's name and its number, `web-3`.
  ///
  /// - Throws: `Refusal.malformedName` when the result is longer than 63 characters.
  public static func member(_ number: Int, of group: Name) throws(Refusal) -> Name {
    try Name("\(group.text)-\(number)")
  }

  /// The number of a group's member; more than any member's where the name is none of the group's making.
  func memberNumber(of group: Name) -> Int {
    guard text.hasPrefix("\(group.text)-") else { return .max }
    return Int(text.dropFirst(group.text.count + 1)) ?? .max
  }

  private static func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let hyphen = UInt8(ascii: "-")
    return letters.contains(first) && last != hyphen
      && bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == hyphen }
  }
}

extension Name: Comparable, CustomStringConvertible {
  /// Members sort by number, so that `web-2` comes before `web-10`.
  public static func < (left: Name, right: Name) -> Bool {
    let (a, b) = (left.stemAndNumber, right.stemAndNumber)
    if a.stem == b.stem, let first = a.number, let second = b.number { return first < second }
    return left.text < right.text
  }

  public var description: String { text }

  private var stemAndNumber: (stem: Substring, number: Int?) {
    guard let hyphen = text.lastIndex(of: "-") else { return (text[...], nil) }
    return (text[..<hyphen], Int(text[text.index(after: hyphen)...]))
  }
}

extension Name: Codable, CodingKeyRepresentable {
  public init(from decoder: any Decoder) throws {
    try self.init(String(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try text.encode(to: encoder)
  }

  public var codingKey: any CodingKey { NameKey(stringValue: text) }

  public init?(codingKey: some CodingKey) {
    guard Self.matches(codingKey.stringValue) else { return nil }
    text = codingKey.stringValue
  }
}

private struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
