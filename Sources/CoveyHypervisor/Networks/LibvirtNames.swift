import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

/// Answers DNS by the server of a libvirt network, which its guests ask anyway.
///
/// Others may publish at the same network. Of an address that is a guest's, all names are covey's; everything else is left
/// as it is, and a name that stands at another's address is not published a second time.
///
/// libvirt keeps all names of an address in one entry, which it cannot change but only delete and add: a name whose one
/// address gets or loses another name is away for some milliseconds.
public actor LibvirtNames: NameServer {
  private static let port = 53

  private let source: NetworkSource
  /// Addresses that had names by this daemon; their guests may be gone by now.
  private var published: Set<IPv4Address> = []
  private var problem: Problem?

  public init(network: String, on link: LibvirtLink) {
    source = NetworkSource(name: network, link: link)
  }

  /// Has the network answer with the zone.
  ///
  /// - Throws: `Problem`, when the network is gone or down, or does not take a change; `.inUse` for names that somebody else
  ///   has published, once all others are.
  public func publish(_ zone: Zone) async throws {
    do {
      try await publishAll(zone)
      problem = nil
    } catch {
      problem = error as? Problem
      throw error
    }
  }

  private func publishAll(_ zone: Zone) async throws {
    let (live, document) = try await source.live()
    let owned = zone.owned.union(published)
    let entries = document.dnsHosts.compactMap { entry in
      IPv4Address(entry.address).map { (address: $0, names: Set(entry.names)) }
    }
    let foreign = entries.filter { !owned.contains($0.address) }
    let taken = foreign.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    let wanted = zone.names.mapValues { $0.subtracting(taken) }.filter { !$0.value.isEmpty }
    let own = entries.filter { owned.contains($0.address) }
    let there = Set(own.map(\.address))
    // New addresses come first, so that a name is never without one for a change of others.
    for (address, names) in wanted where !there.contains(address) {
      try await add(names, of: address, to: live)
    }
    for entry in own where entry.names != wanted[entry.address] {
      try await source.deleteNames(of: entry.address.description, from: live)
      guard let names = wanted[entry.address] else { continue }
      try await add(names, of: entry.address, to: live)
    }
    published = Set(wanted.keys)
    for entry in foreign {
      let shared = zone.allNames.intersection(entry.names)
      if let name = shared.min() { throw isTaken(name, by: entry.address) }
    }
  }

  public func inspect() async -> (endpoint: Endpoint?, problem: Problem?) {
    let facts = await LibvirtNetwork.facts(of: source.name, on: source.link)
    return (facts.map { Endpoint(address: $0.host, port: Self.port) }, problem)
  }

  private func add(_ names: Set<String>, of address: IPv4Address, to live: Network) async throws {
    let entry = DNSHostEntry(address: address.description, names: names.sorted())
    try await source.update(live, .addLast, .dnsHost, entry.element)
  }

  private func isTaken(_ name: String, by address: IPv4Address) -> Problem {
    Problem(
      .inUse, subject: "network \(source.name)",
      "the DNS of libvirt's network \"\(source.name)\" has \(name) for \(address), which is no guest of this covey",
      hint:
        "call the group or guest otherwise, give coveyd a --domain of its own, or take the name out: "
        + "virsh -c \(source.link.uri) net-update \(source.name) delete dns-host \"<host ip='\(address)'/>\" --live"
    )
  }
}

extension Zone {
  /// The whole names of each address.
  fileprivate var names: [IPv4Address: Set<String>] {
    var names: [IPv4Address: Set<String>] = [:]
    for (name, all) in addresses {
      for address in all { names[address, default: []].insert(self.name(of: name)) }
    }
    return names
  }

  fileprivate var allNames: Set<String> { Set(addresses.keys.map(name(of:))) }
}
