import CLibvirt

extension Connection {
  /// The version of libvirt at the other end (`virConnectGetLibVersion`).
  public func libraryVersion() async throws(LibvirtError) -> Version {
    try await run { connection throws(LibvirtError) in
      var encoded: UInt = 0
      try check("virConnectGetLibVersion", virConnectGetLibVersion(connection, &encoded))
      return Version(encoded: encoded)
    }
  }

  /// The version of the hypervisor, 0.0.0 when it has none (`virConnectGetVersion`).
  public func hypervisorVersion() async throws(LibvirtError) -> Version {
    try await run { connection throws(LibvirtError) in
      var encoded: UInt = 0
      try check("virConnectGetVersion", virConnectGetVersion(connection, &encoded))
      return Version(encoded: encoded)
    }
  }

  /// The driver's name, for example `QEMU` or `TEST` (`virConnectGetType`).
  public func hypervisorType() async throws(LibvirtError) -> String {
    try await run { connection throws(LibvirtError) in
      String(cString: try check("virConnectGetType", virConnectGetType(connection)))
    }
  }

  /// The host's own name (`virConnectGetHostname`).
  public func hostname() async throws(LibvirtError) -> String {
    try await run { connection throws(LibvirtError) in
      try adopt("virConnectGetHostname", virConnectGetHostname(connection))
    }
  }

  /// The `<capabilities>` document: the host and what guests it offers
  /// (`virConnectGetCapabilities`). Takes seconds while emulators are probed the first time.
  public func capabilities() async throws(LibvirtError) -> String {
    try await run(.jobs) { connection throws(LibvirtError) in
      try adopt("virConnectGetCapabilities", virConnectGetCapabilities(connection))
    }
  }

  /// The `<domainCapabilities>` document of one kind of guest.
  ///
  /// - Parameters: nil stands for the driver's choice.
  ///   - emulator: path of the emulator.
  ///   - architecture: for example `x86_64`.
  ///   - machine: for example `q35`.
  ///   - virtualization: `kvm` or `qemu`.
  /// - Throws: `.invalidArgument` when nothing matches; `.noSupport` by the test driver.
  /// - Note: `virConnectGetDomainCapabilities`.
  public func domainCapabilities(
    emulator: String? = nil, architecture: String? = nil, machine: String? = nil,
    virtualization: String? = nil
  ) async throws(LibvirtError) -> String {
    try await run(.jobs) { connection throws(LibvirtError) in
      try adopt(
        "virConnectGetDomainCapabilities",
        virConnectGetDomainCapabilities(
          connection, emulator, architecture, machine, virtualization, 0))
    }
  }

  /// Whether the connection works as far as this side knows (`virConnectIsAlive`).
  ///
  /// False after `close`; never throws for a dead connection, it is what the call is for.
  public func isAlive() async throws(LibvirtError) -> Bool {
    do throws(LibvirtError) {
      return try await run { connection throws(LibvirtError) in
        try check("virConnectIsAlive", virConnectIsAlive(connection)) == 1
      }
    } catch {
      guard error.code == .connectionClosed else { throw error }
      return false
    }
  }
}
