import CLibvirt
import Foundation

extension Connection {
  /// The network filters, in no order (`virConnectListAllNWFilters`).
  ///
  /// - Throws: `.noSupport` by drivers without, such as QEMU's embedded one.
  public func networkFilters() async throws(LibvirtError) -> [NetworkFilter] {
    try await run { [self] connection throws(LibvirtError) in
      var list: UnsafeMutablePointer<OpaquePointer?>?
      let count = try check(
        "virConnectListAllNWFilters", virConnectListAllNWFilters(connection, &list, 0))
      guard let list else { return [] }
      let pointers = (0..<Int(count)).compactMap { list[$0] }
      defer {
        for pointer in pointers { virNWFilterFree(pointer) }
        free(list)
      }
      var filters: [NetworkFilter] = []
      for pointer in pointers {
        filters.append(try NetworkFilter(connection: self, pointer: pointer))
      }
      return filters
    }
  }

  /// The filter of this name. Throws `.noNetworkFilter`, or `.noSupport` by drivers without
  /// (`virNWFilterLookupByName`).
  public func networkFilter(named name: String) async throws(LibvirtError) -> NetworkFilter {
    try await found("virNWFilterLookupByName") { virNWFilterLookupByName($0, name) }
  }

  /// The filter of this UUID. Throws `.noNetworkFilter`, or `.invalidArgument` for what is no UUID
  /// (`virNWFilterLookupByUUIDString`).
  public func networkFilter(uuid: String) async throws(LibvirtError) -> NetworkFilter {
    try await found("virNWFilterLookupByUUIDString") { virNWFilterLookupByUUIDString($0, uuid) }
  }

  /// Makes a filter, or replaces the one of the same name and UUID; cards that use it hold to the
  /// new one at once.
  ///
  /// - Parameter validate: check the document against libvirt's schema first (`.xmlInvalid`).
  /// - Throws: `.operationFailed` when the name belongs to a filter of another UUID; `.xmlError`;
  ///   `.noNetworkFilter` for a filter that it refers to.
  /// - Note: `virNWFilterDefineXMLFlags`.
  public func define(
    filterXML: String, validate: Bool = false
  ) async throws(LibvirtError) -> NetworkFilter {
    try await found("virNWFilterDefineXMLFlags", on: .jobs) {
      virNWFilterDefineXMLFlags($0, filterXML, validate ? VIR_NWFILTER_DEFINE_VALIDATE.rawValue : 0)
    }
  }

  private func found(
    _ function: String, on lane: Lane = .control,
    _ call: @escaping @Sendable (OpaquePointer) -> OpaquePointer?
  ) async throws(LibvirtError) -> NetworkFilter {
    try await run(lane) { [self] connection throws(LibvirtError) in
      let pointer = try check(function, call(connection))
      defer { virNWFilterFree(pointer) }
      return try NetworkFilter(connection: self, pointer: pointer)
    }
  }
}
