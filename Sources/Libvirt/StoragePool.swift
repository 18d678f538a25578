import CLibvirt

/// A place for images that libvirt manages, as it was when it was listed: a value, not a handle.
public struct StoragePool: Sendable {
  /// The connection that calls go through; held as long as the value.
  public let connection: Connection
  /// 36 characters in lower case.
  public let uuid: String
  public let name: String
  /// Whether libvirt has opened it; sizes are 0 while it has not.
  public let isActive: Bool
  /// Bytes in all.
  public let capacity: UInt64
  /// Bytes in use.
  public let allocation: UInt64
  /// Bytes that are free.
  public let available: UInt64

  /// Reads a pool that the caller owns (`virStoragePoolGetInfo`).
  init(connection: Connection, pointer: virStoragePoolPtr) throws(LibvirtError) {
    var info = virStoragePoolInfo()
    try check("virStoragePoolGetInfo", virStoragePoolGetInfo(pointer, &info))
    self.connection = connection
    uuid = try Self.uuid(of: pointer)
    name = String(cString: try check("virStoragePoolGetName", virStoragePoolGetName(pointer)))
    isActive = try check("virStoragePoolIsActive", virStoragePoolIsActive(pointer)) == 1
    capacity = info.capacity
    allocation = info.allocation
    available = info.available
  }

  /// The pool's `<pool>` document. Throws `.noStoragePool` once it is gone
  /// (`virStoragePoolGetXMLDesc`).
  public func xml() async throws(LibvirtError) -> String {
    try await connection.run { [uuid] connection throws(LibvirtError) in
      let pool = try check(
        "virStoragePoolLookupByUUIDString", virStoragePoolLookupByUUIDString(connection, uuid))
      defer { virStoragePoolFree(pool) }
      return try adopt("virStoragePoolGetXMLDesc", virStoragePoolGetXMLDesc(pool, 0))
    }
  }

  private static func uuid(of pointer: virStoragePoolPtr) throws(LibvirtError) -> String {
    let text = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(VIR_UUID_STRING_BUFLEN)
    ) { buffer -> String? in
      guard let text = buffer.baseAddress else { return nil }
      return virStoragePoolGetUUIDString(pointer, text) == 0 ? String(cString: text) : nil
    }
    return try check("virStoragePoolGetUUIDString", text)
  }
}
