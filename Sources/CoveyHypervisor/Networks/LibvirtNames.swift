import Covey
import Libvirt
import LibvirtXML

/// The names of guests and groups in the DNS of a libvirt network.
///
/// libvirt keeps all names of an address in one entry, which it cannot change but only delete and add: a name whose one
/// address gets or loses another name is away for some milliseconds.
public actor LibvirtNames {
  private let network: LibvirtNetwork
  /// What was published last, so that addresses that are no more are taken out.
  private var published: Set<IPv4Address> = []

  public init(network: LibvirtNetwork) { self.network = network }

  /// Has the network answer with these addresses for these names below a domain, and for no others of them.
  ///
  /// May be repeated: it mends what is not so and does nothing else. Entries of others, with names and addresses that were
  /// never published here, stay.
  ///
  /// - Throws: `Problem`, when the network is gone or down, or does not take a change.
  public func publish(_ addresses: [String: [IPv4Address]], below domain: String) async throws {
    var wanted: [IPv4Address: Set<String>] = [:]
    for (name, all) in addresses {
      for address in all { wanted[address, default: []].insert("\(name).\(domain)") }
    }
    let (live, document) = try await network.source.live()
    let names = wanted.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    var changes: [DNSHostEntry] = []
    var there: Set<IPv4Address> = []
    for entry in document.dnsHosts {
      guard let address = IPv4Address(entry.address) else { continue }
      there.insert(address)
      let isOurs =
        wanted[address] != nil || published.contains(address)
        || !names.isDisjoint(with: entry.names)
      if isOurs, Set(entry.names) != wanted[address] { changes.append(entry) }
    }
    // New addresses come first, so that a name is never without one for a change of others.
    for (address, names) in wanted where !there.contains(address) {
      try await add(names, of: address, to: live)
    }
    for entry in changes {
      try await network.deleteNames(of: entry.address, from: live)
      guard let address = IPv4Address(entry.address), let names = wanted[address] else { continue }
      try await add(names, of: address, to: live)
    }
    published = Set(wanted.keys)
  }

  private func add(_ names: Set<String>, of address: IPv4Address, to live: Network) async throws {
    let entry = DNSHostEntry(address: address.description, names: names.sorted())
    try await network.update(live, .addLast, .dnsHost, entry.element)
  }
}
