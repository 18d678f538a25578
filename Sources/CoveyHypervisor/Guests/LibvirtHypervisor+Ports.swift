import Covey
import CoveyEngine
import Libvirt

extension LibvirtHypervisor {
  /// Binds each port by QEMU's human monitor (`hostfwd_add`); those that are bound already stay. On a bridge there is nothing
  /// to bind: the guest's own address is the host's neighbour.
  public func exposePorts(of guest: Guest) async throws {
    guard !link.isTest, bridge == nil else { return }
    let domain = try await requireDomain(of: guest)
    for port in guest.ports { try await expose(port, of: guest, on: domain) }
  }

  /// Unbinds all ports: a machine that is saved must not hold connections of its host.
  func concealPorts(of guest: Guest) async throws {
    guard bridge == nil else { return }
    let domain = try await requireDomain(of: guest)
    for port in guest.ports {
      let rule = "tcp:\(guest.address):\(port.host)"
      try await attempting("unbinding the ports of", guest) { () throws(LibvirtError) in
        _ = try await domain.humanMonitor("hostfwd_remove \(GuestMachine.netdev) \(rule)")
      }
    }
    // The monitor words success and failure alike; what is left tells them apart.
    guard try await forwards(of: guest, on: domain).isEmpty else {
      throw Problem(
        .internal, subject: "guest \(guest.name)",
        "QEMU does not let go of the ports of guest \"\(guest.name)\"",
        hint: "see QEMU's own words in the log folder of libvirt")
    }
  }

  private func forwards(of guest: Guest, on domain: Domain) async throws
    -> Set<UserNetwork.Forward>
  {
    UserNetwork.forwards(
      in: try await attempting("looking at the ports of", guest) { () throws(LibvirtError) in
        try await domain.humanMonitor("info usernet")
      })
  }

  private func expose(_ port: PortMapping, of guest: Guest, on domain: Domain) async throws {
    let rule = "tcp:\(guest.address):\(port.host)-:\(port.guest)"
    let answer = try await attempting("binding the ports of", guest) {
      () throws(LibvirtError) in
      try await domain.humanMonitor("hostfwd_add \(GuestMachine.netdev) \(rule)")
    }
    let words = answer.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if words.isEmpty { return }
    // Refused, perhaps by itself: an earlier try has bound it.
    let forward = UserNetwork.Forward(guest.address, port)
    guard try await forwards(of: guest, on: domain).contains(forward) else {
      throw Problem(
        .inUse, subject: "guest \(guest.name)",
        "\(guest.address):\(port.host) cannot be bound for guest \"\(guest.name)\": \(words)",
        hint: "another program may hold it: ss -ltnp src \(guest.address); "
          + "end that program, or start coveyd with another --network block")
    }
  }
}

/// Reads what QEMU says of its user-mode network.
enum UserNetwork {
  struct Forward: Hashable {
    let address: IPv4Address
    let mapping: PortMapping

    init(_ address: IPv4Address, _ mapping: PortMapping) {
      self.address = address
      self.mapping = mapping
    }
  }

  /// The forwards in the answer to `info usernet`, whose lines read
  /// `TCP[HOST_FORWARD]  12  127.77.0.2  80  10.0.2.15  80  0  0` (QEMU 7.2).
  static func forwards(in answer: String) -> Set<Forward> {
    let forwards = answer.split(whereSeparator: \.isNewline).compactMap { line -> Forward? in
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard fields.count >= 6, fields[0].hasPrefix("TCP[HOST_FORWARD"),
        let address = IPv4Address(String(fields[2])), let host = Int(fields[3]),
        let port = Int(fields[5])
      else { return nil }
      return Forward(address, PortMapping(guest: port, host: host))
    }
    return Set(forwards)
  }
}
