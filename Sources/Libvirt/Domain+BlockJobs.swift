import CLibvirt

// Long operations on a disk. Each call begins one and returns; `.blockJob` tells how it went. A
// disk is named by its target (`vda`) or by its image's path, an image of its chain by its path or
// by its index in the live document (`vda[3]`). A disk has one such operation at a time.

extension Domain {
  /// Merges images of a disk's chain downwards into one of them (`virDomainBlockCommit`).
  ///
  /// The images from `top` down to, but without, `base` are not valid any more afterwards. With
  /// `.active` it has two phases: after `.ready` the base follows the guest's writes, until
  /// `endBlockJob` moves the guest to it or gives it up.
  ///
  /// - Parameters:
  ///   - disk: the disk.
  ///   - top: the topmost image to merge; nil is the one that the guest writes to.
  ///   - base: the image that receives; nil is the lowest one.
  ///   - bandwidth: bytes per second; 0 sets no limit.
  /// - Throws: `.operationInvalid` or `.invalidArgument` when it is not active, `.invalidArgument`
  ///   for images that are not in the chain and for the guest's own image without `.active`,
  ///   `.blockCopyActive` or `.operationUnsupported` while the disk has another operation.
  public func commit(
    _ disk: String, top: String?, into base: String?, bandwidth: UInt64 = 0,
    _ flags: BlockCommitFlags = []
  ) async throws(LibvirtError) {
    let flags = flags.union(.bandwidthInBytes).rawValue
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainBlockCommit",
        virDomainBlockCommit(domain, disk, base, top, UInt(clamping: bandwidth), flags))
    }
  }

  /// Copies the data of lower images up into the one that the guest writes to, which then does
  /// without them (`virDomainBlockRebase`).
  ///
  /// QEMU 7.2 does not flush what it pulled. If its process is killed right after `.completed`, the
  /// pulled blocks read as zeroes; `suspend` and `resume`, or a flush by the guest, make them safe.
  /// Keep the lower images until then (measured).
  ///
  /// - Parameters:
  ///   - disk: the disk.
  ///   - base: the image to stop above; nil pulls the whole chain.
  ///   - bandwidth: bytes per second; 0 sets no limit.
  /// - Throws: as `commit`.
  public func pull(
    _ disk: String, above base: String?, bandwidth: UInt64 = 0
  ) async throws(LibvirtError) {
    let flags = VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES.rawValue
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainBlockRebase",
        virDomainBlockRebase(domain, disk, base, UInt(clamping: bandwidth), flags))
    }
  }

  /// Copies a disk to another place while the guest uses it (`virDomainBlockCopy`).
  ///
  /// After `.ready` the copy follows the guest's writes, until `endBlockJob` moves the guest to it
  /// or leaves it behind.
  ///
  /// - Parameters:
  ///   - disk: the disk.
  ///   - destinationXML: a `<disk>` element, of which place, format and chain count. It becomes
  ///     the disk's description: without a `<backingStore>` the definition has none either.
  ///   - bandwidth: bytes per second; 0 sets no limit.
  ///   - granularity: bytes, a power of two, in which changes are tracked; nil lets QEMU choose.
  /// - Throws: as `commit`, and `.operationInvalid` for a persistent domain without
  ///   `.transientJob` (libvirt 9.0 on QEMU).
  public func copy(
    _ disk: String, to destinationXML: String, bandwidth: UInt64 = 0, granularity: UInt32? = nil,
    _ flags: BlockCopyFlags = []
  ) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      let parameters = TypedParameters()
      if bandwidth > 0 {
        try parameters.add(VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, bandwidth)
      }
      if let granularity {
        try parameters.add(VIR_DOMAIN_BLOCK_COPY_GRANULARITY, granularity)
      }
      try check(
        "virDomainBlockCopy",
        virDomainBlockCopy(
          domain, disk, destinationXML, parameters.pointer, parameters.count, flags.rawValue))
      withExtendedLifetime(parameters) {}
    }
  }

  /// The operation that a disk has at the moment; nil when it has none
  /// (`virDomainGetBlockJobInfo`).
  ///
  /// - Throws: `.operationInvalid` when it is not active, `.invalidArgument` without such a disk.
  public func blockJob(on disk: String) async throws(LibvirtError) -> BlockJob? {
    let flags = VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES.rawValue
    // It asks QEMU, and so waits for the guest's job lock.
    return try await run(.jobs) { domain throws(LibvirtError) in
      var info = virDomainBlockJobInfo()
      let found = try check(
        "virDomainGetBlockJobInfo", virDomainGetBlockJobInfo(domain, disk, &info, flags))
      return found == 0 ? nil : BlockJob(info)
    }
  }

  /// Ends a disk's operation: gives it up or, with `.pivot`, completes its second phase
  /// (`virDomainBlockJobAbort`).
  ///
  /// Returns when that is done unless `.async` is asked for. Long calls hold neither up: a guest may
  /// be held for the turn. Giving up is not withdrawn by cancellation: it cleans up.
  ///
  /// - Throws: `.invalidArgument` when there is none, `.operationInvalid` when the domain is not
  ///   active, `.blockCopyActive` with `.pivot` before it is ready.
  public func endBlockJob(
    on disk: String, _ flags: BlockJobAbortFlags = []
  ) async throws(LibvirtError) {
    let completes = flags.contains(.pivot)
    try await run(.control, withdrawable: completes) {
      domain throws(LibvirtError) in
      try check("virDomainBlockJobAbort", virDomainBlockJobAbort(domain, disk, flags.rawValue))
    }
  }

  /// Limits a disk's operation to so many bytes per second, or with 0 not at all
  /// (`virDomainBlockJobSetSpeed`).
  public func setBlockJobBandwidth(
    _ disk: String, to bandwidth: UInt64
  ) async throws(LibvirtError) {
    let flags = VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES.rawValue
    try await run(.jobs) { domain throws(LibvirtError) in
      try check(
        "virDomainBlockJobSetSpeed",
        virDomainBlockJobSetSpeed(domain, disk, UInt(clamping: bandwidth), flags))
    }
  }

  /// Changes how large a disk of a running guest is; the guest learns of it at once
  /// (`virDomainBlockResize`).
  ///
  /// - Parameter bytes: rounded up to 512. A smaller size is taken as well, and loses data.
  /// - Throws: `.operationInvalid` when it is not active, `.internalError` while the disk has
  ///   another operation.
  public func resizeBlock(_ disk: String, to bytes: UInt64) async throws(LibvirtError) {
    let flags = VIR_DOMAIN_BLOCK_RESIZE_BYTES.rawValue
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainBlockResize", virDomainBlockResize(domain, disk, bytes, flags))
    }
  }
}
