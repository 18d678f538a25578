import CLibvirt

extension Domain {
  /// Writes the memory to a file and ends the domain's process (`virDomainSaveFlags`).
  ///
  /// A transient domain is gone afterwards. Returns when the file is complete.
  ///
  /// - Parameters:
  ///   - path: absolute path on the host; an existing file is replaced.
  ///   - xml: a document to keep in the file instead of the domain's own; only what concerns the
  ///     host may differ, such as the places of images. nil keeps the domain's.
  ///   - flags: how to write it, and what is to follow a restore.
  /// - Throws: `.operationInvalid` when it is not active or a disk has an operation,
  ///   `.configurationUnsupported` when `xml` changes what the guest sees, `.operationTimeout`
  ///   after 30 seconds while the domain has another job, `.operationAborted` after `abortJob`;
  ///   after any of these the guest goes on as before.
  public func save(
    to path: String, xml: String? = nil, _ flags: SaveFlags = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainSaveFlags", virDomainSaveFlags(domain, path, xml, flags.rawValue))
    }
  }
}
