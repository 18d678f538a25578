/// What covey's DNS answers: the addresses of every name below its domain.
public struct Zone: Hashable, Sendable {
  public let domain: HostName
  /// By name without the domain. A name that has no address is not there.
  public let addresses: [Name: [IPv4Address]]
  /// The addresses of all of covey's guests, whether a name has them or not: where others publish too, these are covey's.
  public let owned: Set<IPv4Address>

  /// How long a client may keep an answer.
  public static let timeToLive: Duration = .seconds(1)
  /// How long after a member was taken out of its zone a client may still turn to it: the answer's life, and as much again
  /// until the change is published.
  public static let longestStale: Duration = .seconds(2)
  /// With the longest name before it, a domain must still make a DNS name.
  public static let longestDomain = 253 - 63 - 1

  /// - `owned`: those that names have, if nothing is said.
  public init(
    domain: HostName, addresses: [Name: [IPv4Address]], owned: Set<IPv4Address>? = nil
  ) {
    self.domain = domain
    self.addresses = addresses
    self.owned = owned ?? Set(addresses.values.joined())
  }

  /// A guest's or group's whole name, such as `web.covey`.
  public func name(of name: Name) -> String { "\(name).\(domain)" }

  /// - Throws: `Refusal.malformedHost`; `.outOfRange` for a domain that leaves no room for names, or that looks like an
  ///   address.
  public static func domain(_ text: String) throws(Refusal) -> HostName {
    let domain = try HostName(text)
    guard text.utf8.count <= longestDomain else {
      throw .outOfRange(
        field: "domain", value: "\(text.utf8.count) bytes long",
        allowed: "\(longestDomain) bytes at most")
    }
    guard text.split(separator: ".").last?.contains(where: \.isLetter) == true else {
      throw .outOfRange(
        field: "domain", value: text,
        allowed: "a domain whose last part has a letter, such as covey")
    }
    return domain
  }
}

extension Inventory {
  /// The zone as it should be. Pure.
  ///
  /// - A guest's own name has its address while it has a machine, or may have one.
  /// - A group's name has the addresses of its serving members. Those that their checks find down, and those that are
  ///   unwilling, are left out, unless that would leave none: the unwilling are answered then, which serve still, and where
  ///   there are none of them all: checks that find nobody well are more likely wrong than right.
  /// - Where a guest and a group of an older covey share a name, it is the group's.
  ///
  /// - `down`: members that their balancer's checks, or covey's own, find down.
  /// - `unwilling`: members that say themselves that they want nothing new, or cannot serve.
  public func zone(of domain: HostName, down: Set<Name>, unwilling: Set<Name>) -> Zone {
    var addresses: [Name: [IPv4Address]] = [:]
    for guest in guests.values where guest.state.hasMachine || guest.state == .unknown {
      addresses[guest.name] = [guest.address]
    }
    for group in groups.keys {
      let serving = members(of: group).filter { $0.state == .serving }
      let up = serving.filter { !down.contains($0.name) }
      let willing = up.filter { !unwilling.contains($0.name) }
      addresses[group] = [willing, up, serving].first { !$0.isEmpty }?.map(\.address)
    }
    return Zone(
      domain: domain, addresses: addresses, owned: Set(guests.values.map(\.address)))
  }
}
