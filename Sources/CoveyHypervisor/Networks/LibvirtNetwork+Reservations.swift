import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

extension LibvirtNetwork {
  /// Sees to it that a guest's card gets the guest's address from DHCP, and nobody else does. May be repeated.
  ///
  /// - Throws: `Problem`: `.invalid` for an address of another subnet, `.inUse` when the address is kept for another card.
  func reserve(for guest: Guest) async throws {
    try await reserve(guest.address, mac: guest.mac, name: nil, subject: "guest \(guest.name)")
  }

  /// The same for a machine that a template is made warm with. There is one at a time, and what an earlier one left makes way.
  func reserve(forWarming machine: Guest) async throws {
    try await reserve(
      machine.address, mac: machine.mac, name: warmingName, subject: "template \(machine.template)")
  }

  /// Gives a guest's address back: its reservation, its names and its lease. May be repeated; succeeds when the network is gone.
  func release(_ guest: Guest) async throws {
    guard facts.subnet.contains(guest.address),
      let (network, document) = try await source.liveIfUp()
    else { return }
    try await remove(from: network) {
      document.reservations.filter { $0.isOf(guest.mac) }
    }
    if document.dnsHosts.contains(where: { $0.address == guest.address.description }) {
      try await source.deleteNames(of: guest.address.description, from: network)
    }
    try await releaseLeases(of: guest.mac, on: network)
  }

  /// Drops what machines left that were being made warm when an earlier daemon ended.
  func sweepWarming() async throws {
    guard let (network, document) = try await source.liveIfUp() else { return }
    let left = document.reservations.filter { $0.name == warmingName }
    for mac in left.compactMap(\.mac) { try await releaseLeases(of: mac, on: network) }
    try await remove(from: network) { left }
  }

  /// Addresses of the network that somebody has: those that are reserved, and those that are leased. None while it is down.
  public func occupied() async throws -> Set<IPv4Address> {
    guard let (network, document) = try await source.liveIfUp() else { return [] }
    let leases = try await leases(on: network).map(\.address)
    let reserved = document.reservations.compactMap(\.address)
    return Set((leases + reserved).compactMap(IPv4Address.init))
  }

  /// Makes reservations again that the network has lost, as it does when it is taken down and up.
  ///
  /// - Returns: the guests whose addresses were not reserved.
  public func keep(_ guests: [Guest]) async throws -> [Guest] {
    let kept = try await source.live().document.reservations
    let lost = guests.filter { guest in
      facts.subnet.contains(guest.address)
        && !kept.contains { $0.isOf(guest.mac) && $0.address == guest.address.description }
    }
    for guest in lost { try await reserve(for: guest) }
    return lost
  }

  private var warmingName: String { "covey-warming-\(installation.prefix(8))" }

  private func reserve(_ address: IPv4Address, mac: String, name: String?, subject: String)
    async throws
  {
    guard facts.subnet.contains(address) else {
      throw Problem(
        .invalid, subject: subject,
        "\(subject) has the address \(address), which is not of network \"\(facts.name)\" (\(facts.subnet))",
        hint: "it was made on another network and keeps its address: launch a new one, "
          + "or start coveyd with the network that it was made on")
    }
    let (network, document) = try await source.live()
    let own = document.reservations.filter { $0.isOf(mac) || name != nil && $0.name == name }
    let wanted = DHCPReservation(mac: mac, address: address.description, name: name)
    if own.count == 1, own[0].isOf(mac), own[0].address == wanted.address { return }
    try await remove(from: network) { own }
    let other = document.reservations.first { $0.address == wanted.address && !own.contains($0) }
    if let other {
      throw Problem(
        .inUse, subject: subject,
        "\(address) of network \"\(facts.name)\" is kept for another card, \(other.mac ?? "unknown")",
        hint:
          "if nobody needs it: virsh -c \(link.uri) net-update \(facts.name) delete ip-dhcp-host "
          + "\"<host ip='\(address)'/>\" --live")
    }
    try await source.update(network, .addLast, .dhcpHost, wanted.element)
  }

  private func remove(from network: Network, _ reservations: () -> [DHCPReservation]) async throws {
    for entry in reservations() {
      try await source.update(network, .delete, .dhcpHost, entry.element)
    }
  }
}

extension LibvirtNetwork {
  private func leases(on network: Network, of mac: String? = nil) async throws -> [DHCPLease] {
    do throws(LibvirtError) { return try await network.leases(of: mac) } catch {
      if [.noSupport, .operationInvalid, .noNetwork].contains(error.code) { return [] }
      throw Problem(
        .unavailable, subject: "network \(facts.name)",
        "libvirt does not show the leases of network \"\(facts.name)\": \(error.message)",
        hint: "covey tries again; see: covey doctor")
    }
  }

  /// A guest that is ended does not say goodbye, and its address would be nobody's until its lease runs out.
  private func releaseLeases(of mac: String, on network: Network) async throws {
    for lease in try await leases(on: network, of: mac) where !lease.isIPv6 {
      guard let address = IPv4Address(lease.address) else { continue }
      LeaseRelease(address: address, mac: mac, server: facts.host).send(on: facts.bridge)
    }
  }
}

extension NetworkDocument {
  /// The cards that addresses are kept for, over all its subnets.
  var reservations: [DHCPReservation] { addresses.flatMap(\.reservations) }
}

extension DHCPReservation {
  /// Whether it is this card's, however its address is written.
  func isOf(_ mac: String) -> Bool { self.mac?.lowercased() == mac }
}

extension NetworkSource {
  /// All names of an address. libvirt takes an entry with names for each one that shares a name with it, and refuses.
  func deleteNames(of address: String, from network: Network) async throws {
    let entry = DNSHostEntry(address: address, names: [])
    try await update(network, .delete, .dnsHost, entry.element)
  }

  /// One change; what is so already, since somebody was faster, is what was wanted.
  func update(
    _ network: Network, _ command: NetworkUpdate, _ section: NetworkSection, _ element: Element
  ) async throws {
    let xml = try element.serialised()
    do throws(LibvirtError) {
      try await network.update(command, section, xml, impact: .live)
    } catch {
      if command == .delete, error.code == .operationInvalid || error.code == .noNetwork { return }
      throw Problem(
        .unavailable, subject: "network \(name)",
        "libvirt's network \"\(name)\" does not take \(xml): \(error.message)",
        hint: "covey tries again; see: virsh -c \(link.uri) net-dumpxml \(name)")
    }
  }
}
