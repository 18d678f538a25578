import CLibvirt

/// One domain, named by its UUID on a connection: a value, not a handle.
///
/// Each call looks the domain up, acts and lets go within one hop to the connection's threads,
/// so there is no handle to leak or to outlive the connection. Every call therefore throws
/// `.noDomain` once the domain is gone, and `.connectionClosed` once the connection is.
public struct Domain: Sendable {
  /// The connection that every call goes through; held as long as the value.
  public let connection: Connection
  /// 36 characters in lower case.
  public let uuid: String
  /// The name when the value was made. A domain may be renamed; its UUID stays.
  public let name: String

  init(connection: Connection, uuid: String, name: String) {
    self.connection = connection
    self.uuid = uuid
    self.name = name
  }

  /// Copies the identity of a domain that the caller owns.
  init?(connection: Connection, pointer: OpaquePointer) {
    guard let (uuid, name) = Self.identity(of: pointer) else { return nil }
    self.init(connection: connection, uuid: uuid, name: name)
  }

  /// UUID and name of a domain pointer; local to this process, so callbacks may ask too.
  static func identity(of pointer: OpaquePointer) -> (uuid: String, name: String)? {
    guard let name = virDomainGetName(pointer) else { return nil }
    let uuid = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(VIR_UUID_STRING_BUFLEN)
    ) { buffer -> String? in
      guard let text = buffer.baseAddress else { return nil }
      return virDomainGetUUIDString(pointer, text) == 0 ? String(cString: text) : nil
    }
    return uuid.map { ($0, String(cString: name)) }
  }

  /// Looks the domain up, makes one call with it and frees it, on a lane's thread.
  @discardableResult
  func run<Value: Sendable>(
    _ lane: Lane, withdrawable: Bool = true,
    _ body: @escaping @Sendable (OpaquePointer) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    try await connection.run(lane, withdrawable: withdrawable) {
      [uuid] connection throws(LibvirtError) in
      let domain = try check(
        "virDomainLookupByUUIDString", virDomainLookupByUUIDString(connection, uuid))
      defer { virDomainFree(domain) }
      return try body(domain)
    }
  }
}

extension Domain: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.connection === right.connection && left.uuid == right.uuid
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(connection))
    hasher.combine(uuid)
  }
}

extension Domain: CustomStringConvertible {
  public var description: String { "\(name) (\(uuid))" }
}
