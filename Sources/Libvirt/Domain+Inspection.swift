import CLibvirt
import Foundation

extension Domain {
  /// The state and its reason; answered without asking the guest (`virDomainGetState`).
  public func state() async throws(LibvirtError) -> DomainState {
    try await run(.control) { domain throws(LibvirtError) in
      var state: Int32 = 0
      var reason: Int32 = 0
      try check("virDomainGetState", virDomainGetState(domain, &state, &reason, 0))
      return DomainState(state: state, reason: reason)
    }
  }

  /// Memory, processors and processor time; may wait for a job (`virDomainGetInfo`).
  public func info() async throws(LibvirtError) -> DomainInfo {
    try await run(.jobs) { domain throws(LibvirtError) in
      var info = virDomainInfo()
      try check("virDomainGetInfo", virDomainGetInfo(domain, &info))
      return DomainInfo(info)
    }
  }

  /// The domain's description (`virDomainGetXMLDesc`).
  ///
  /// - Throws: `.operationDenied` for `.secure` on a read-only connection.
  public func xml(_ flags: DomainXMLFlags = []) async throws(LibvirtError) -> String {
    try await run(.control) { domain throws(LibvirtError) in
      try adopt("virDomainGetXMLDesc", virDomainGetXMLDesc(domain, flags.rawValue))
    }
  }

  /// Whether a process of the hypervisor exists for it (`virDomainIsActive`).
  public var isActive: Bool {
    get async throws(LibvirtError) {
      try await run(.control) { domain throws(LibvirtError) in
        try check("virDomainIsActive", virDomainIsActive(domain)) == 1
      }
    }
  }

  /// Whether it has a definition that outlives its process (`virDomainIsPersistent`).
  public var isPersistent: Bool {
    get async throws(LibvirtError) {
      try await run(.control) { domain throws(LibvirtError) in
        try check("virDomainIsPersistent", virDomainIsPersistent(domain)) == 1
      }
    }
  }

  /// Whether the host starts it at boot (`virDomainGetAutostart`).
  public var isAutostarted: Bool {
    get async throws(LibvirtError) {
      try await run(.control) { domain throws(LibvirtError) in
        var enabled: Int32 = 0
        try check("virDomainGetAutostart", virDomainGetAutostart(domain, &enabled))
        return enabled != 0
      }
    }
  }

  /// What the guest and its process use of the memory (`virDomainMemoryStats`).
  ///
  /// - Throws: `.operationInvalid` when it is not active.
  public func memoryStatistics() async throws(LibvirtError) -> MemoryStatistics {
    try await run(.jobs) { domain throws(LibvirtError) in
      let capacity = Int(VIR_DOMAIN_MEMORY_STAT_NR.rawValue)
      var values = [virDomainMemoryStatStruct](repeating: .init(), count: capacity)
      let count = try check(
        "virDomainMemoryStats", virDomainMemoryStats(domain, &values, UInt32(capacity), 0))
      return MemoryStatistics(
        Dictionary(values.prefix(Int(count)).map { ($0.tag, $0.val) }) { _, last in last })
    }
  }

  /// The network addresses of the guest's interfaces (`virDomainInterfaceAddresses`).
  ///
  /// - Parameter source: whom to ask; the agent also knows addresses that are not leased.
  /// - Throws: `.operationInvalid` when it is not active, `.agentUnresponsive`, `.noSupport`.
  public func interfaceAddresses(
    _ source: InterfaceAddress.Source = .lease
  ) async throws(LibvirtError) -> [InterfaceAddress] {
    try await run(.jobs) { domain throws(LibvirtError) in
      var list: UnsafeMutablePointer<UnsafeMutablePointer<virDomainInterface>?>?
      let count = try check(
        "virDomainInterfaceAddresses",
        virDomainInterfaceAddresses(domain, &list, UInt32(source.rawValue), 0))
      guard let list else { return [] }
      defer { free(list) }
      return (0..<Int(count)).flatMap { index -> [InterfaceAddress] in
        guard let interface = list[index] else { return [] }
        defer { virDomainInterfaceFree(interface) }
        return InterfaceAddress.all(of: interface.pointee)
      }
    }
  }

  /// How large a disk's image is (`virDomainGetBlockInfo`).
  ///
  /// - Parameter path: the disk's target (`vda`) or the image's path.
  /// - Throws: `.invalidArgument` when the domain has no such disk.
  public func blockInfo(path: String) async throws(LibvirtError) -> BlockInfo {
    try await run(.jobs) { domain throws(LibvirtError) in
      var info = virDomainBlockInfo()
      try check("virDomainGetBlockInfo", virDomainGetBlockInfo(domain, path, &info, 0))
      return BlockInfo(
        capacity: info.capacity, allocation: info.allocation, physical: info.physical)
    }
  }
}
