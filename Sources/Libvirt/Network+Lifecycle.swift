import CLibvirt

extension Network {
  /// Brings it up from its definition: its bridge, its addresses, its DHCP and DNS
  /// (`virNetworkCreate`).
  ///
  /// - Throws: `.operationInvalid` when it is up already; `.internalError` with the words of what
  ///   failed, such as an address that another device has.
  public func start() async throws(LibvirtError) {
    try await run(.jobs) { network throws(LibvirtError) in
      try check("virNetworkCreate", virNetworkCreate(network))
    }
  }

  /// Takes it down; guests on it lose their connection, and a transient network is gone.
  ///
  /// Not withdrawn by cancellation: it cleans up.
  ///
  /// - Throws: `.operationInvalid` when it is not up.
  /// - Note: `virNetworkDestroy`.
  public func destroy() async throws(LibvirtError) {
    try await run(.control, withdrawable: false) { network throws(LibvirtError) in
      try check("virNetworkDestroy", virNetworkDestroy(network))
    }
  }

  /// Removes the definition; a network that is up goes on as a transient one.
  ///
  /// Not withdrawn by cancellation: it cleans up.
  ///
  /// - Throws: `.operationInvalid` for a transient network.
  /// - Note: `virNetworkUndefine`.
  public func undefine() async throws(LibvirtError) {
    try await run(.control, withdrawable: false) { network throws(LibvirtError) in
      try check("virNetworkUndefine", virNetworkUndefine(network))
    }
  }

  /// Says whether libvirt starts it when the host boots (`virNetworkSetAutostart`).
  ///
  /// - Throws: `.operationInvalid` for a transient network.
  public func setAutostart(_ enabled: Bool) async throws(LibvirtError) {
    try await run(.control) { network throws(LibvirtError) in
      try check("virNetworkSetAutostart", virNetworkSetAutostart(network, enabled ? 1 : 0))
    }
  }

  /// Changes one element of its document in place; who is connected stays so.
  ///
  /// Its DHCP and DNS server reads what it answers again, without forgetting its leases.
  ///
  /// - Parameters:
  ///   - xml: the element, such as `<host mac='52:54:00:0a:0b:0c' ip='10.77.0.5'/>`. To delete, what
  ///     tells it from others is enough.
  ///   - parent: which of several like parents it belongs to, counted from 0; nil lets libvirt
  ///     choose the first that fits.
  ///   - impact: what is changed: the network that is up, its definition, or both.
  /// - Throws: `.operationInvalid` when a like element is there already, when there is none to
  ///   delete or modify, or when the network is not up; `.operationUnsupported` for sections that
  ///   cannot be changed so.
  /// - Note: `virNetworkUpdate`.
  public func update(
    _ command: NetworkUpdate, _ section: NetworkSection, _ xml: String, parent: Int? = nil,
    impact: ModificationImpact = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { network throws(LibvirtError) in
      try check(
        "virNetworkUpdate",
        virNetworkUpdate(
          network, command.rawValue, section.rawValue, CInt(parent ?? -1), xml, impact.rawValue))
    }
  }
}
