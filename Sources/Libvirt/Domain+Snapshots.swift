import CLibvirt

extension Domain {
  /// Takes a snapshot of the disks and, unless left out, of the memory
  /// (`virDomainSnapshotCreateXML`).
  ///
  /// With external images the guest goes on in new ones on top of those that it had; the running
  /// domain and its definition both follow. Returns when it is complete, which takes as long as
  /// the memory needs to be written.
  ///
  /// - Parameters:
  ///   - xml: a `<domainsnapshot>`. Disks that it does not name are taken in as well, under names
  ///     of libvirt's; say `snapshot='no'` of each that stays out.
  ///   - flags: what it takes in and how.
  /// - Throws: `.xmlError`, `.configurationUnsupported` for what cannot go together and for images
  ///   that exist without `.reuseExternal`, `.systemError` for images that do not exist with it,
  ///   `.blockCopyActive` while a disk has another operation, `.operationTimeout` after 30 seconds
  ///   while the domain has another job, `.argumentUnsupported` or `.agentUnresponsive` with
  ///   `.quiesce`, `.operationAborted` after `abortJob`.
  public func createSnapshot(
    xml: String, _ flags: SnapshotFlags = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      let snapshot = try check(
        "virDomainSnapshotCreateXML", virDomainSnapshotCreateXML(domain, xml, flags.rawValue))
      virDomainSnapshotFree(snapshot)
    }
  }
}
