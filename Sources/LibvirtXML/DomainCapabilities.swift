/// What one kind of guest may have, read from a `<domainCapabilities>` document.
public struct DomainCapabilities: Sendable, Hashable {
  /// The whole document.
  public let root: Element

  /// Throws `XMLProblem`, `.unexpectedRoot` for another document.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "domainCapabilities" else {
      throw .unexpectedRoot(root.name, expected: "domainCapabilities")
    }
  }

  /// The emulator's path.
  public var emulator: String? { root[text: "path"] }
  /// `qemu` or `kvm`.
  public var type: DomainType { DomainType(rawValue: root[text: "domain"] ?? "") }
  /// The board's full name.
  public var machine: String? { root[text: "machine"] }
  /// For example `x86_64`.
  public var architecture: String? { root[text: "arch"] }
  /// The most virtual processors that the board takes.
  public var maximumVCPUs: Int? { root["vcpu"]?[attribute: "max"].flatMap { Int($0) } }

  /// The processor modes that can be used here, for example `maximum`.
  public var cpuModes: [String] {
    root["cpu"]?[all: "mode"].filter { $0[attribute: "supported"] == "yes" }
      .compactMap { $0[attribute: "name"] } ?? []
  }

  /// The values that a device's setting may have, for example `("disk", "bus")`.
  public func values(of device: String, _ setting: String) -> [String] {
    root.at("devices", device)?[all: "enum"].first { $0[attribute: "name"] == setting }?
      .elements.map(\.text) ?? []
  }
}
