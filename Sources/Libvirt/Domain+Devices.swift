import CLibvirt

extension Domain {
  /// Plugs a device in (`virDomainAttachDeviceFlags`).
  ///
  /// - Parameters:
  ///   - xml: one device element, as under `<devices>`.
  ///   - impact: both flags change the running domain and the definition.
  /// - Throws: `.operationInvalid`, `.configurationUnsupported`, `.xmlError`.
  public func attachDevice(
    _ xml: String, _ impact: ModificationImpact = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainAttachDeviceFlags", virDomainAttachDeviceFlags(domain, xml, impact.rawValue))
    }
  }

  /// Asks the guest to let go of a device; done when `.deviceRemoved` arrives.
  ///
  /// - Throws: `.deviceMissing`, `.operationInvalid`.
  /// - Note: `virDomainDetachDeviceFlags`.
  public func detachDevice(
    _ xml: String, _ impact: ModificationImpact = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainDetachDeviceFlags", virDomainDetachDeviceFlags(domain, xml, impact.rawValue))
    }
  }

  /// Changes a device in place, as far as its kind allows (`virDomainUpdateDeviceFlags`).
  public func updateDevice(
    _ xml: String, _ impact: ModificationImpact = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainUpdateDeviceFlags", virDomainUpdateDeviceFlags(domain, xml, impact.rawValue))
    }
  }
}
