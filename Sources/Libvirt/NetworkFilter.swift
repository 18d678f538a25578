import CLibvirt

/// Rules for what guests' cards may send and hear, named by its UUID on a connection: a value,
/// not a handle.
///
/// Cards name a filter in their `<filterref>`; libvirt has the host's firewall hold to it. Calls
/// throw `.noNetworkFilter` once the filter is gone.
public struct NetworkFilter: Sendable {
  /// The connection that every call goes through; held as long as the value.
  public let connection: Connection
  /// 36 characters in lower case.
  public let uuid: String
  /// Unique on the host.
  public let name: String

  /// Copies the identity of a filter that the caller owns.
  init(connection: Connection, pointer: OpaquePointer) throws(LibvirtError) {
    self.connection = connection
    let text = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(VIR_UUID_STRING_BUFLEN)
    ) { buffer -> String? in
      guard let text = buffer.baseAddress else { return nil }
      return virNWFilterGetUUIDString(pointer, text) == 0 ? String(cString: text) : nil
    }
    uuid = try check("virNWFilterGetUUIDString", text)
    name = String(cString: try check("virNWFilterGetName", virNWFilterGetName(pointer)))
  }

  /// The filter's `<filter>` document (`virNWFilterGetXMLDesc`).
  public func xml() async throws(LibvirtError) -> String {
    try await run { filter throws(LibvirtError) in
      try adopt("virNWFilterGetXMLDesc", virNWFilterGetXMLDesc(filter, 0))
    }
  }

  /// Removes the filter. Not withdrawn by cancellation: it cleans up.
  ///
  /// - Throws: `.operationInvalid` while a card or another filter uses it.
  /// - Note: `virNWFilterUndefine`.
  public func undefine() async throws(LibvirtError) {
    try await run(withdrawable: false) { filter throws(LibvirtError) in
      try check("virNWFilterUndefine", virNWFilterUndefine(filter))
    }
  }

  @discardableResult
  private func run<Value: Sendable>(
    withdrawable: Bool = true,
    _ body: @escaping @Sendable (OpaquePointer) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    try await connection.run(.control, withdrawable: withdrawable) {
      [uuid] connection throws(LibvirtError) in
      let filter = try check(
        "virNWFilterLookupByUUIDString", virNWFilterLookupByUUIDString(connection, uuid))
      defer { virNWFilterFree(filter) }
      return try body(filter)
    }
  }
}

extension NetworkFilter: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.connection === right.connection && left.uuid == right.uuid
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(connection))
    hasher.combine(uuid)
  }
}

extension NetworkFilter: CustomStringConvertible {
  public var description: String { "\(name) (\(uuid))" }
}
