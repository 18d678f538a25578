import Foundation
import FoundationXML
import Testing

@testable import Libvirt

/// Numbers that the binding repeats, compared with libvirt's own description of its API.
@Suite struct MirrorTests {
  static let values: [String: Int32] = {
    let reader = APIReader()
    guard
      let parser = XMLParser(
        contentsOf: URL(fileURLWithPath: "/usr/share/libvirt/api/libvirt-api.xml"))
    else { return [:] }
    parser.delegate = reader
    guard parser.parse() else { return [:] }
    // A few values are the names of others.
    return reader.values.compactMapValues { value in
      Int64(reader.values[value] ?? value).map(Int32.init(truncatingIfNeeded:))
    }
  }()

  static let codes: [(String, LibvirtError.Code)] = [
    ("VIR_ERR_INTERNAL_ERROR", .internalError),
    ("VIR_ERR_NO_MEMORY", .noMemory),
    ("VIR_ERR_NO_SUPPORT", .noSupport),
    ("VIR_ERR_NO_CONNECT", .noConnect),
    ("VIR_ERR_INVALID_CONN", .invalidConnection),
    ("VIR_ERR_INVALID_DOMAIN", .invalidDomain),
    ("VIR_ERR_INVALID_ARG", .invalidArgument),
    ("VIR_ERR_OPERATION_FAILED", .operationFailed),
    ("VIR_ERR_OS_TYPE", .unknownOSType),
    ("VIR_ERR_XML_ERROR", .xmlError),
    ("VIR_ERR_DOM_EXIST", .domainExists),
    ("VIR_ERR_OPERATION_DENIED", .operationDenied),
    ("VIR_ERR_OPEN_FAILED", .openFailed),
    ("VIR_ERR_READ_FAILED", .readFailed),
    ("VIR_ERR_PARSE_FAILED", .parseFailed),
    ("VIR_ERR_WRITE_FAILED", .writeFailed),
    ("VIR_ERR_XML_DETAIL", .xmlMalformed),
    ("VIR_ERR_NETWORK_EXIST", .networkExists),
    ("VIR_ERR_SYSTEM_ERROR", .systemError),
    ("VIR_ERR_RPC", .rpc),
    ("VIR_ERR_GNUTLS_ERROR", .tls),
    ("VIR_ERR_NO_DOMAIN", .noDomain),
    ("VIR_ERR_NO_NETWORK", .noNetwork),
    ("VIR_ERR_AUTH_FAILED", .authenticationFailed),
    ("VIR_ERR_NO_STORAGE_POOL", .noStoragePool),
    ("VIR_ERR_NO_STORAGE_VOL", .noStorageVolume),
    ("VIR_ERR_OPERATION_INVALID", .operationInvalid),
    ("VIR_ERR_CONFIG_UNSUPPORTED", .configurationUnsupported),
    ("VIR_ERR_OPERATION_TIMEOUT", .operationTimeout),
    ("VIR_ERR_NO_NWFILTER", .noNetworkFilter),
    ("VIR_ERR_NO_DOMAIN_SNAPSHOT", .noSnapshot),
    ("VIR_ERR_ARGUMENT_UNSUPPORTED", .argumentUnsupported),
    ("VIR_ERR_OPERATION_ABORTED", .operationAborted),
    ("VIR_ERR_AUTH_CANCELLED", .authenticationCancelled),
    ("VIR_ERR_NO_DOMAIN_METADATA", .noMetadata),
    ("VIR_ERR_MIGRATE_UNSAFE", .migrationUnsafe),
    ("VIR_ERR_OVERFLOW", .overflow),
    ("VIR_ERR_BLOCK_COPY_ACTIVE", .blockCopyActive),
    ("VIR_ERR_OPERATION_UNSUPPORTED", .operationUnsupported),
    ("VIR_ERR_AGENT_UNRESPONSIVE", .agentUnresponsive),
    ("VIR_ERR_RESOURCE_BUSY", .resourceBusy),
    ("VIR_ERR_ACCESS_DENIED", .accessDenied),
    ("VIR_ERR_STORAGE_VOL_EXIST", .storageVolumeExists),
    ("VIR_ERR_CPU_INCOMPATIBLE", .cpuIncompatible),
    ("VIR_ERR_XML_INVALID_SCHEMA", .xmlInvalid),
    ("VIR_ERR_DEVICE_MISSING", .deviceMissing),
    ("VIR_ERR_NO_DOMAIN_CHECKPOINT", .noCheckpoint),
    ("VIR_ERR_NO_DOMAIN_BACKUP", .noBackup),
    ("VIR_ERR_CHECKPOINT_INCONSISTENT", .checkpointInconsistent),
    ("VIR_ERR_MULTIPLE_DOMAINS", .multipleDomains),
  ]

  @Test func everyCodeIsLibvirts() {
    for (name, code) in Self.codes {
      #expect(Self.values[name] == code.rawValue, "\(name)")
      #expect(!code.description.hasPrefix("code "), "\(name)")
    }
  }

  @Test func everyMirroredNumberIsLibvirts() {
    for (name, value) in Mirrored.numbers + Mirrored.numbersOfDisks + Mirrored.numbersOfNetworks {
      #expect(Self.values[name] == value, "\(name)")
    }
  }

  @Test func unknownNumbersAreKeptOrNamedUnknown() {
    #expect(LibvirtError.Code(rawValue: 9999).description == "code 9999")
    #expect(DomainState(state: 99, reason: 0) == .unknown(99))
    #expect(DomainState(state: 1, reason: 99) == .running(.unknown))
    #expect(LifecycleEvent(event: 2, detail: 99) == .started(.unknown))
    #expect(LifecycleEvent(event: 99, detail: 1) == .unknown(event: 99, detail: 1))
  }
}

private final class APIReader: NSObject, XMLParserDelegate {
  var values: [String: String] = [:]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    guard name == "enum", let key = attributes["name"] else { return }
    values[key] = attributes["value"]
  }
}
