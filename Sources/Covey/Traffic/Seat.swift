/// A place where a balancer's address can be: there, a HAProxy listens and a keepalived runs.
///
/// So far it is a network namespace of this host, written `NETNS:INTERFACE:ADDRESS`. Every word of it goes into
/// configurations as it is.
public struct Seat: Hashable, Sendable, CustomStringConvertible {
  /// The namespace's name as `ip netns` has it; it is the seat's name too.
  public let namespace: String
  /// The interface of that namespace to which the address comes.
  public let interface: String
  /// The seat's own address on it, which never moves.
  public let address: IPv4Address

  /// - Throws: `Refusal.malformedSeat` with the reason.
  public init(_ text: String) throws(Refusal) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { throw .malformedSeat(text, why: "it has not three parts") }
    guard let address = IPv4Address(parts[2]) else {
      throw .malformedSeat(text, why: "\"\(parts[2])\" is not an IPv4 address")
    }
    // The kernel has 15 bytes for an interface; a namespace is a file.
    for (word, longest, what) in [(parts[0], 63, "namespace"), (parts[1], 15, "interface")] {
      guard Self.isWord(word, longest: longest) else {
        throw .malformedSeat(
          text,
          why: "\"\(word)\" is not the name of a \(what): 1 to \(longest) of a-z A-Z 0-9 . _ -")
      }
    }
    (namespace, interface, self.address) = (parts[0], parts[1], address)
  }

  private static func isWord(_ text: String, longest: Int) -> Bool {
    guard (1...longest).contains(text.utf8.count), let first = text.first, first != ".",
      first != "-"
    else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }

  public var description: String { "\(namespace):\(interface):\(address)" }
}

extension Seat: Codable {
  /// A stored seat keeps to the same rule.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
