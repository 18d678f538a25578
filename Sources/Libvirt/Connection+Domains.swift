import CLibvirt
import Foundation

extension Connection {
  /// The domains that match, in no order (`virConnectListAllDomains`).
  public func domains(_ filter: DomainFilter = .all) async throws(LibvirtError) -> [Domain] {
    try await run { [self] connection throws(LibvirtError) in
      var list: UnsafeMutablePointer<OpaquePointer?>?
      let count = try check(
        "virConnectListAllDomains", virConnectListAllDomains(connection, &list, filter.rawValue))
      guard let list else { return [] }
      defer { free(list) }
      return (0..<Int(count)).compactMap { index in
        guard let pointer = list[index] else { return nil }
        defer { virDomainFree(pointer) }
        return Domain(connection: self, pointer: pointer)
      }
    }
  }

  /// The domain of this name. Throws `.noDomain` (`virDomainLookupByName`).
  public func domain(named name: String) async throws(LibvirtError) -> Domain {
    try await found("virDomainLookupByName") { virDomainLookupByName($0, name) }
  }

  /// The domain of this UUID, in any of the usual spellings. Throws `.noDomain`, or
  /// `.invalidArgument` for what is no UUID (`virDomainLookupByUUIDString`).
  public func domain(uuid: String) async throws(LibvirtError) -> Domain {
    try await found("virDomainLookupByUUIDString") { virDomainLookupByUUIDString($0, uuid) }
  }

  /// Makes a domain persistent without starting it, or replaces its definition.
  ///
  /// The same name and UUID replace; a running domain keeps running on its present
  /// configuration and takes the new one at its next start.
  ///
  /// - Parameter validate: check the document against libvirt's schema first (`.xmlInvalid`).
  /// - Throws: `.xmlError`, `.xmlMalformed`, `.domainExists` or `.operationFailed` when the
  ///   name and the UUID belong to different domains, `.configurationUnsupported`.
  /// - Note: `virDomainDefineXMLFlags`.
  public func define(
    domainXML: String, validate: Bool = false
  ) async throws(LibvirtError) -> Domain {
    try await found("virDomainDefineXMLFlags", on: .jobs) {
      virDomainDefineXMLFlags($0, domainXML, validate ? VIR_DOMAIN_DEFINE_VALIDATE.rawValue : 0)
    }
  }

  /// Starts a transient domain: it is gone when it stops (`virDomainCreateXML`).
  ///
  /// - Throws: as `define` and `Domain.start`.
  public func create(
    domainXML: String, flags: DomainStartFlags = []
  ) async throws(LibvirtError) -> Domain {
    try await found("virDomainCreateXML", on: .jobs) {
      virDomainCreateXML($0, domainXML, flags.rawValue)
    }
  }

  private func found(
    _ function: String, on lane: Lane = .control,
    _ call: @escaping @Sendable (OpaquePointer) -> OpaquePointer?
  ) async throws(LibvirtError) -> Domain {
    try await run(lane) { [self] connection throws(LibvirtError) in
      let pointer = try check(function, call(connection))
      defer { virDomainFree(pointer) }
      return try check(function, Domain(connection: self, pointer: pointer))
    }
  }
}
