import CLibvirt

extension Connection {
  /// Starts a domain on memory that was saved to a file (`virDomainRestoreFlags`).
  ///
  /// The domain is the one that the file's document describes; one that is not defined becomes
  /// transient, the definition of one that is stays as it is. The file stays too. The memory file
  /// of an external snapshot is one as well; its document has the disks of before the snapshot.
  ///
  /// - Parameters:
  ///   - path: absolute path on the host.
  ///   - xml: a document to use instead of the file's own, under the same name and UUID; only what
  ///     concerns the host may differ, such as the places of images.
  ///   - flags: how to read it, and whether the guest runs afterwards; without, as it was.
  /// - Throws: `.operationInvalid` when the domain is active, `.systemError` without such a file,
  ///   `.operationFailed` for one of another kind, `.configurationUnsupported` when `xml` changes
  ///   what the guest sees.
  public func restore(
    from path: String, xml: String? = nil, _ flags: SaveFlags = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { connection throws(LibvirtError) in
      try check(
        "virDomainRestoreFlags", virDomainRestoreFlags(connection, path, xml, flags.rawValue))
    }
  }

  /// The document of the domain whose memory a file holds (`virDomainSaveImageGetXMLDesc`).
  ///
  /// - Throws: `.systemError` without such a file, `.operationFailed` for one of another kind.
  public func savedImageXML(at path: String) async throws(LibvirtError) -> String {
    // It reads the file, which storage may delay.
    try await run(.jobs) { connection throws(LibvirtError) in
      try adopt("virDomainSaveImageGetXMLDesc", virDomainSaveImageGetXMLDesc(connection, path, 0))
    }
  }
}
