/// A libvirt network that guests are on: what there is to know of it.
public struct BridgedNetwork: Hashable, Sendable {
  /// What libvirt calls it.
  public let name: String
  /// The host's bridge, such as `virbr0`.
  public let bridge: String
  /// The host's own address on it.
  public let host: IPv4Address
  public let subnet: IPv4Subnet
  /// Addresses that its DHCP gives to whoever asks.
  public let dynamic: [ClosedRange<IPv4Address>]
  /// Whether its bridge holds each new card back until it knows the way that frames take.
  public let hasSpanningTree: Bool
  /// Seconds that its bridge keeps a new card silent.
  public let forwardDelay: Int

  public init(
    name: String, bridge: String, host: IPv4Address, subnet: IPv4Subnet,
    dynamic: [ClosedRange<IPv4Address>], hasSpanningTree: Bool = false,
    forwardDelay: Int = 0
  ) {
    self.name = name
    self.bridge = bridge
    self.host = host
    self.subnet = subnet
    self.dynamic = dynamic
    self.hasSpanningTree = hasSpanningTree
    self.forwardDelay = forwardDelay
  }

  /// Guests' addresses: first those that DHCP gives to nobody, then the others, which are reserved before they are used.
  /// The last one of the first kind is where templates are made warm.
  ///
  /// - Returns: nil for a subnet with room for no guest.
  public var pool: AddressPool? {
    guard let hosts = subnet.hosts else { return nil }
    let fixed = [host.number...host.number]
    let open = hosts.numbers.without(dynamic.map(\.numbers) + fixed)
    let given = dynamic.flatMap { $0.numbers.clamped(to: hosts.numbers).without(fixed) }
    var ranges = (open + given).filter { !$0.isEmpty }
    let from = open.isEmpty ? ranges.indices.last : open.indices.last
    guard let from else { return nil }
    let warming = ranges[from].upperBound
    if ranges[from].count == 1 {
      ranges.remove(at: from)
    } else {
      ranges[from] = ranges[from].lowerBound...(warming - 1)
    }
    guard !ranges.isEmpty else { return nil }
    return AddressPool(
      ranges: ranges.map {
        IPv4Address(number: $0.lowerBound)...IPv4Address(number: $0.upperBound)
      },
      warming: IPv4Address(number: warming))
  }

  /// What makes it slower than it could be.
  public var problems: [HostProblem] {
    let edit = "virsh net-edit \(name), then virsh net-destroy \(name) and virsh net-start \(name)"
    var problems: [HostProblem] = []
    if forwardDelay > 0 {
      problems.append(
        HostProblem(
          .warning,
          "the bridge of network \"\(name)\" keeps each new card silent for \(forwardDelay) s, which every start waits for",
          mend: "write delay='0' on its <bridge>: \(edit)"))
    }
    if hasSpanningTree {
      problems.append(
        HostProblem(
          .warning,
          "the bridge of network \"\(name)\" speaks the spanning tree protocol, which may hold new cards back for seconds",
          mend: "write stp='off' on its <bridge>, unless it connects to other bridges: \(edit)"))
    }
    return problems
  }
}

extension ClosedRange<UInt32> {
  /// What is left of a range when others are taken out.
  fileprivate func without(_ others: [Self]) -> [Self] {
    var rest = [self]
    for other in others {
      rest = rest.flatMap { range -> [Self] in
        guard range.overlaps(other) else { return [range] }
        var parts: [Self] = []
        if range.lowerBound < other.lowerBound {
          parts.append(range.lowerBound...(other.lowerBound - 1))
        }
        if range.upperBound > other.upperBound {
          parts.append((other.upperBound + 1)...range.upperBound)
        }
        return parts
      }
    }
    return rest
  }
}
