import CLibvirt

/// One network that libvirt runs, named by its UUID on a connection: a value, not a handle.
///
/// Each call looks the network up, acts and lets go, so there is nothing to free and nothing that
/// goes stale. Every call throws `.noNetwork` once the network is gone, and `.connectionClosed`
/// once the connection is.
public struct Network: Sendable {
  /// The connection that every call goes through; held as long as the value.
  public let connection: Connection
  /// 36 characters in lower case.
  public let uuid: String
  /// Unique on the host; a network is never renamed.
  public let name: String

  /// Copies the identity of a network that the caller owns.
  init(connection: Connection, pointer: OpaquePointer) throws(LibvirtError) {
    self.connection = connection
    uuid = try Self.uuid(of: pointer)
    name = String(cString: try check("virNetworkGetName", virNetworkGetName(pointer)))
  }

  private static func uuid(of pointer: OpaquePointer) throws(LibvirtError) -> String {
    let text = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(VIR_UUID_STRING_BUFLEN)
    ) { buffer -> String? in
      guard let text = buffer.baseAddress else { return nil }
      return virNetworkGetUUIDString(pointer, text) == 0 ? String(cString: text) : nil
    }
    return try check("virNetworkGetUUIDString", text)
  }

  /// Looks the network up, makes one call with it and frees it, on a lane's thread.
  @discardableResult
  func run<Value: Sendable>(
    _ lane: Lane, withdrawable: Bool = true,
    _ body: @escaping @Sendable (OpaquePointer) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    try await connection.run(lane, withdrawable: withdrawable) {
      [uuid] connection throws(LibvirtError) in
      let network = try check(
        "virNetworkLookupByUUIDString", virNetworkLookupByUUIDString(connection, uuid))
      defer { virNetworkFree(network) }
      return try body(network)
    }
  }
}

extension Network: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.connection === right.connection && left.uuid == right.uuid
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(connection))
    hasher.combine(uuid)
  }
}

extension Network: CustomStringConvertible {
  public var description: String { "\(name) (\(uuid))" }
}
