import CLibvirt

extension Domain {
  /// The metadata element of a namespace, as XML; nil when the domain has none.
  ///
  /// - Parameters:
  ///   - uri: the namespace.
  ///   - impact: the running domain, the definition, or the present state.
  /// - Note: `virDomainGetMetadata`.
  public func metadata(
    uri: String, _ impact: ModificationImpact = []
  ) async throws(LibvirtError) -> String? {
    do throws(LibvirtError) {
      return try await run(.control) { domain throws(LibvirtError) in
        try adopt(
          "virDomainGetMetadata",
          virDomainGetMetadata(
            domain, Int32(VIR_DOMAIN_METADATA_ELEMENT.rawValue), uri, impact.rawValue))
      }
    } catch {
      guard error.code == .noMetadata else { throw error }
      return nil
    }
  }

  /// Sets or removes the metadata element of a namespace; other namespaces stay.
  ///
  /// - Parameters:
  ///   - xml: one element without a prefix of that namespace; nil removes it.
  ///   - key: the prefix that libvirt writes it with.
  ///   - uri: the namespace.
  ///   - impact: the running domain, the definition, or the present state.
  /// - Throws: `.xmlError` and `.xmlMalformed` for the element, `.operationInvalid` when
  ///   `impact` does not fit the state.
  /// - Note: `virDomainSetMetadata`.
  public func setMetadata(
    _ xml: String?, key: String, uri: String, _ impact: ModificationImpact = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainSetMetadata",
        virDomainSetMetadata(
          domain, Int32(VIR_DOMAIN_METADATA_ELEMENT.rawValue), xml, key, uri, impact.rawValue))
    }
  }
}
