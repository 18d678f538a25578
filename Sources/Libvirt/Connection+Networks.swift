import CLibvirt
import Foundation

extension Connection {
  /// The networks that match, in no order (`virConnectListAllNetworks`).
  ///
  /// - Throws: `.noSupport` by drivers without networks, such as QEMU's embedded one.
  public func networks(_ filter: NetworkListFilter = []) async throws(LibvirtError) -> [Network] {
    try await run { [self] connection throws(LibvirtError) in
      var list: UnsafeMutablePointer<OpaquePointer?>?
      let count = try check(
        "virConnectListAllNetworks", virConnectListAllNetworks(connection, &list, filter.rawValue))
      guard let list else { return [] }
      let pointers = (0..<Int(count)).compactMap { list[$0] }
      defer {
        for pointer in pointers { virNetworkFree(pointer) }
        free(list)
      }
      var networks: [Network] = []
      for pointer in pointers { networks.append(try Network(connection: self, pointer: pointer)) }
      return networks
    }
  }

  /// The network of this name. Throws `.noNetwork` (`virNetworkLookupByName`).
  public func network(named name: String) async throws(LibvirtError) -> Network {
    try await found("virNetworkLookupByName") { virNetworkLookupByName($0, name) }
  }

  /// The network of this UUID. Throws `.noNetwork`, or `.invalidArgument` for what is no UUID
  /// (`virNetworkLookupByUUIDString`).
  public func network(uuid: String) async throws(LibvirtError) -> Network {
    try await found("virNetworkLookupByUUIDString") { virNetworkLookupByUUIDString($0, uuid) }
  }

  /// Makes a network persistent without starting it, or replaces its definition.
  ///
  /// A network that is up goes on as it is and takes the new definition at its next start.
  ///
  /// - Parameter validate: check the document against libvirt's schema first (`.xmlInvalid`).
  /// - Throws: `.xmlError`, `.configurationUnsupported`; `.operationFailed` when the name and the
  ///   UUID belong to different networks.
  /// - Note: `virNetworkDefineXMLFlags`.
  public func define(
    networkXML: String, validate: Bool = false
  ) async throws(LibvirtError) -> Network {
    try await found("virNetworkDefineXMLFlags", on: .jobs) {
      virNetworkDefineXMLFlags($0, networkXML, validate ? VIR_NETWORK_DEFINE_VALIDATE.rawValue : 0)
    }
  }

  /// Starts a transient network: it is gone when it is taken down (`virNetworkCreateXMLFlags`).
  ///
  /// - Parameter validate: check the document against libvirt's schema first (`.xmlInvalid`).
  /// - Throws: as `define` and `Network.start`.
  public func create(
    networkXML: String, validate: Bool = false
  ) async throws(LibvirtError) -> Network {
    try await found("virNetworkCreateXMLFlags", on: .jobs) {
      virNetworkCreateXMLFlags($0, networkXML, validate ? VIR_NETWORK_CREATE_VALIDATE.rawValue : 0)
    }
  }

  private func found(
    _ function: String, on lane: Lane = .control,
    _ call: @escaping @Sendable (OpaquePointer) -> OpaquePointer?
  ) async throws(LibvirtError) -> Network {
    try await run(lane) { [self] connection throws(LibvirtError) in
      let pointer = try check(function, call(connection))
      defer { virNetworkFree(pointer) }
      return try Network(connection: self, pointer: pointer)
    }
  }
}
