/// What a host offers, read from a `<capabilities>` document.
public struct HostCapabilities: Sendable, Hashable {
  /// The whole document.
  public let root: Element

  /// Throws `XMLProblem`, `.unexpectedRoot` for another document.
  public init(parsing text: String) throws(XMLProblem) {
    root = try Element(parsing: text)
    guard root.name == "capabilities" else {
      throw .unexpectedRoot(root.name, expected: "capabilities")
    }
  }

  /// The host's processor architecture, for example `x86_64`.
  public var hostArchitecture: String? { root.at("host", "cpu", "arch")?.text }

  /// The host's own UUID.
  public var hostUUID: String? { root.at("host", "uuid")?.text }

  /// One entry per architecture that guests may have.
  public var guests: [Guest] { root[all: "guest"].map(Guest.init) }

  /// Whether guests of a type are offered for an architecture. Offered is not proven: a
  /// nested host may list `kvm` and yet not boot a guest with it.
  public func offers(_ type: DomainType, architecture: String) -> Bool {
    guests.contains { $0.architecture == architecture && $0.types.contains(type) }
  }

  /// What one architecture offers.
  public struct Guest: Sendable, Hashable {
    /// For example `x86_64`.
    public let architecture: String
    public let emulator: String?
    /// Names of boards, aliases included, in the document's order.
    public let machines: [String]
    public let types: Set<DomainType>

    init(_ element: Element) {
      let arch = element["arch"]
      architecture = arch?[attribute: "name"] ?? ""
      emulator = arch?["emulator"]?.text
      machines = arch?[all: "machine"].map(\.text) ?? []
      let names = arch?[all: "domain"].compactMap { $0[attribute: "type"] } ?? []
      types = Set(names.map(DomainType.init(rawValue:)))
    }
  }
}
