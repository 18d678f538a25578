import CLibvirt
import Foundation

extension Network {
  /// Whether it is up (`virNetworkIsActive`).
  public func isActive() async throws(LibvirtError) -> Bool {
    try await run(.control) { network throws(LibvirtError) in
      try check("virNetworkIsActive", virNetworkIsActive(network)) == 1
    }
  }

  /// Whether it has a definition that outlives its being up (`virNetworkIsPersistent`).
  public func isPersistent() async throws(LibvirtError) -> Bool {
    try await run(.control) { network throws(LibvirtError) in
      try check("virNetworkIsPersistent", virNetworkIsPersistent(network)) == 1
    }
  }

  /// Whether libvirt starts it when the host boots (`virNetworkGetAutostart`).
  public func autostart() async throws(LibvirtError) -> Bool {
    try await run(.control) { network throws(LibvirtError) in
      var flag: CInt = 0
      try check("virNetworkGetAutostart", virNetworkGetAutostart(network, &flag))
      return flag == 1
    }
  }

  /// The host's bridge that stands for it, such as `virbr0`; nil for networks that have none
  /// (`virNetworkGetBridgeName`).
  public func bridgeName() async throws(LibvirtError) -> String? {
    try await run(.control) { network throws(LibvirtError) in
      guard let name = virNetworkGetBridgeName(network) else {
        let error = LibvirtError.last("virNetworkGetBridgeName")
        // libvirt has no code of its own for a network without a bridge.
        guard error.code == .internalError else { throw error }
        return nil
      }
      defer { free(name) }
      return String(cString: name)
    }
  }

  /// The network's `<network>` document (`virNetworkGetXMLDesc`).
  ///
  /// - Parameter inactive: the definition for the next start, even while it is up.
  /// - Throws: `.invalidArgument` for `inactive` by drivers without it.
  public func xml(inactive: Bool = false) async throws(LibvirtError) -> String {
    try await run(.control) { network throws(LibvirtError) in
      let flags = inactive ? VIR_NETWORK_XML_INACTIVE.rawValue : 0
      return try adopt("virNetworkGetXMLDesc", virNetworkGetXMLDesc(network, flags))
    }
  }

  /// The addresses that its DHCP server has given out and that have not run out yet, in no order
  /// (`virNetworkGetDHCPLeases`).
  ///
  /// - Parameter mac: only leases of this card.
  /// - Throws: `.operationInvalid` when the network is not up; `.noSupport` by drivers without.
  public func leases(of mac: String? = nil) async throws(LibvirtError) -> [DHCPLease] {
    try await run(.control) { network throws(LibvirtError) in
      var list: UnsafeMutablePointer<virNetworkDHCPLeasePtr?>?
      let count = try check(
        "virNetworkGetDHCPLeases", virNetworkGetDHCPLeases(network, mac, &list, 0))
      guard let list else { return [] }
      defer { free(list) }
      return (0..<Int(count)).compactMap { index in
        guard let pointer = list[index] else { return nil }
        defer { virNetworkDHCPLeaseFree(pointer) }
        return DHCPLease(pointer.pointee)
      }
    }
  }
}
