import CLibvirt

extension Domain {
  /// Begins to back disks up as they are at this moment (`virDomainBackupBegin`).
  ///
  /// Returns when it has begun. One that pushes into files ends by itself; one that is pulled goes
  /// on until `abortJob`. `.jobCompleted` tells how it went. QEMU lets go of a disk's image a
  /// moment later, before `.blockJob` reports that disk: read the image then, not earlier.
  ///
  /// - Parameters:
  ///   - xml: a `<domainbackup>`. An image that libvirt makes for changes since a checkpoint lies
  ///     on the guest's own image, so that the rest of it reads as the guest's present data; make
  ///     it yourself, on the backup before it, and set `reuseExternal`.
  ///   - checkpointXML: a `<domaincheckpoint>` to make at the same moment, for later backups of
  ///     what changed since; nil makes none.
  ///   - reuseExternal: write into images that exist already.
  /// - Throws: `.operationInvalid` when it is not active, `.operationTimeout` after 30 seconds
  ///   while it has another job, `.noCheckpoint` for an unknown one, `.checkpointInconsistent`
  ///   when the images do not hold it, `.invalidArgument` for images that exist without
  ///   `reuseExternal`, `.configurationUnsupported` for images that cannot.
  public func beginBackup(
    xml: String, checkpointXML: String?, reuseExternal: Bool = false
  ) async throws(LibvirtError) {
    let flags = reuseExternal ? VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL.rawValue : 0
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainBackupBegin", virDomainBackupBegin(domain, xml, checkpointXML, flags))
    }
  }

  /// The `<domainbackup>` that runs, with what libvirt chose. Throws `.noBackup` without one
  /// (`virDomainBackupGetXMLDesc`).
  public func backupXML() async throws(LibvirtError) -> String {
    try await run(.control) { domain throws(LibvirtError) in
      try adopt("virDomainBackupGetXMLDesc", virDomainBackupGetXMLDesc(domain, 0))
    }
  }
}
