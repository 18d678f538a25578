import CLibvirt
import Foundation

// Checkpoints: from when on changed blocks are remembered, by bitmaps in the images. Snapshots,
// commits and copies take them along (measured with libvirt 9.0).

extension Domain {
  /// Makes a checkpoint, or records one that the images hold (`virDomainCheckpointCreateXML`).
  ///
  /// - Parameters:
  ///   - xml: a `<domaincheckpoint>`.
  ///   - flags: `.redefine` records only; checkpoints are recorded oldest first.
  /// - Throws: `.operationUnsupported` when it is not active, `.operationFailed` for a name that
  ///   is taken, `.configurationUnsupported` for images that cannot hold one.
  public func createCheckpoint(
    xml: String, _ flags: CheckpointFlags = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      let checkpoint = try check(
        "virDomainCheckpointCreateXML", virDomainCheckpointCreateXML(domain, xml, flags.rawValue))
      virDomainCheckpointFree(checkpoint)
    }
  }

  /// The names of the checkpoints, each behind its parent, so that the oldest comes first
  /// (`virDomainListAllCheckpoints`).
  public func checkpointNames() async throws(LibvirtError) -> [String] {
    let flags = VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL.rawValue
    return try await run(.control) { domain throws(LibvirtError) in
      var list: UnsafeMutablePointer<virDomainCheckpointPtr?>?
      let count = try check(
        "virDomainListAllCheckpoints", virDomainListAllCheckpoints(domain, &list, flags))
      guard let list else { return [] }
      defer { free(list) }
      return (0..<Int(count)).compactMap { index in
        guard let checkpoint = list[index] else { return nil }
        defer { virDomainCheckpointFree(checkpoint) }
        return virDomainCheckpointGetName(checkpoint).map { String(cString: $0) }
      }
    }
  }

  /// The `<domaincheckpoint>` of a name, the definition that it was made with included.
  ///
  /// - Throws: `.noCheckpoint`.
  /// - Note: `virDomainCheckpointGetXMLDesc`.
  public func checkpointXML(_ name: String) async throws(LibvirtError) -> String {
    try await withCheckpoint(name, .control) { checkpoint throws(LibvirtError) in
      try adopt("virDomainCheckpointGetXMLDesc", virDomainCheckpointGetXMLDesc(checkpoint, 0))
    }
  }

  /// Removes a checkpoint; what changed since then counts for the one before it
  /// (`virDomainCheckpointDelete`).
  ///
  /// - Parameter metadataOnly: forget it, and leave its bitmaps in the images.
  /// - Throws: `.noCheckpoint`; `.operationUnsupported` when the domain is not active and more
  ///   than the record is to go.
  public func deleteCheckpoint(
    _ name: String, metadataOnly: Bool = false
  ) async throws(LibvirtError) {
    let flags = metadataOnly ? VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY.rawValue : 0
    try await withCheckpoint(name, .jobs) { checkpoint throws(LibvirtError) in
      try check("virDomainCheckpointDelete", virDomainCheckpointDelete(checkpoint, flags))
    }
  }

  /// Looks a checkpoint up, makes one call with it and frees it.
  @discardableResult
  private func withCheckpoint<Value: Sendable>(
    _ name: String, _ lane: Lane,
    _ body: @escaping @Sendable (virDomainCheckpointPtr) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    try await run(lane) { domain throws(LibvirtError) in
      let checkpoint = try check(
        "virDomainCheckpointLookupByName", virDomainCheckpointLookupByName(domain, name, 0))
      defer { virDomainCheckpointFree(checkpoint) }
      return try body(checkpoint)
    }
  }
}
