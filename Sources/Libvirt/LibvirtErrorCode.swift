extension LibvirtError {
  /// What went wrong: libvirt's number (`virErrorNumber`), or a negative one of this binding.
  ///
  /// An open set, so that a newer libvirt never breaks a caller: unknown numbers are kept.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// Positive: `virErrorNumber`. Negative: reported by this binding.
    public let rawValue: Int32
    /// Wraps any number.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}

extension LibvirtError.Code {
  /// The call failed but libvirt recorded no error.
  public static let unreported = Self(rawValue: -1)
  /// The connection was closed by this side or has died; it never heals, open another.
  public static let connectionClosed = Self(rawValue: -2)
  /// The task was cancelled while the call waited in the queue; libvirt was never called.
  public static let cancelled = Self(rawValue: -3)
  /// The lane's queue is full; libvirt was never called.
  public static let overloaded = Self(rawValue: -4)

  /// Libvirt or the hypervisor met something it did not expect.
  public static let internalError = Self(rawValue: 1)
  /// Memory ran out.
  public static let noMemory = Self(rawValue: 2)
  /// The driver does not implement the function.
  public static let noSupport = Self(rawValue: 3)
  /// The hypervisor or its daemon cannot be reached.
  public static let noConnect = Self(rawValue: 5)
  /// The connection is not usable.
  public static let invalidConnection = Self(rawValue: 6)
  /// The domain handle is not usable.
  public static let invalidDomain = Self(rawValue: 7)
  /// An argument is out of range or malformed.
  public static let invalidArgument = Self(rawValue: 8)
  /// The hypervisor refused or failed a command.
  public static let operationFailed = Self(rawValue: 9)
  /// The guest type, architecture or machine is not offered.
  public static let unknownOSType = Self(rawValue: 16)
  /// A document is well formed but not acceptable.
  public static let xmlError = Self(rawValue: 27)
  /// A domain with this name or UUID exists already.
  public static let domainExists = Self(rawValue: 28)
  /// The connection is read-only.
  public static let operationDenied = Self(rawValue: 29)
  /// A file could not be opened.
  public static let openFailed = Self(rawValue: 30)
  /// A file could not be read.
  public static let readFailed = Self(rawValue: 31)
  /// A configuration file could not be parsed.
  public static let parseFailed = Self(rawValue: 32)
  /// A file could not be written.
  public static let writeFailed = Self(rawValue: 34)
  /// A document is not well formed.
  public static let xmlMalformed = Self(rawValue: 35)
  /// A network with this name or UUID exists already.
  public static let networkExists = Self(rawValue: 37)
  /// A system call failed.
  public static let systemError = Self(rawValue: 38)
  /// The conversation with the daemon failed.
  public static let rpc = Self(rawValue: 39)
  /// TLS failed.
  public static let tls = Self(rawValue: 40)
  /// No domain matches.
  public static let noDomain = Self(rawValue: 42)
  /// No network matches.
  public static let noNetwork = Self(rawValue: 43)
  /// The daemon did not accept the credentials.
  public static let authenticationFailed = Self(rawValue: 45)
  /// No storage pool matches.
  public static let noStoragePool = Self(rawValue: 49)
  /// No storage volume matches.
  public static let noStorageVolume = Self(rawValue: 50)
  /// The call is not possible in the present state.
  public static let operationInvalid = Self(rawValue: 55)
  /// The configuration is valid but not supported here.
  public static let configurationUnsupported = Self(rawValue: 67)
  /// Something did not end in time, often another job's lock.
  public static let operationTimeout = Self(rawValue: 68)
  /// No network filter matches.
  public static let noNetworkFilter = Self(rawValue: 62)
  /// No snapshot matches.
  public static let noSnapshot = Self(rawValue: 72)
  /// The driver does not know this flag or argument.
  public static let argumentUnsupported = Self(rawValue: 74)
  /// The job was aborted on request.
  public static let operationAborted = Self(rawValue: 78)
  /// The credentials were withheld.
  public static let authenticationCancelled = Self(rawValue: 79)
  /// The domain has no such metadata.
  public static let noMetadata = Self(rawValue: 80)
  /// The migration could harm data.
  public static let migrationUnsafe = Self(rawValue: 81)
  /// A number does not fit.
  public static let overflow = Self(rawValue: 82)
  /// A disk copy is running.
  public static let blockCopyActive = Self(rawValue: 83)
  /// The hypervisor cannot do this.
  public static let operationUnsupported = Self(rawValue: 84)
  /// The guest agent does not answer.
  public static let agentUnresponsive = Self(rawValue: 86)
  /// Another job holds the resource.
  public static let resourceBusy = Self(rawValue: 87)
  /// The access rules forbid it.
  public static let accessDenied = Self(rawValue: 88)
  /// The storage volume exists already.
  public static let storageVolumeExists = Self(rawValue: 90)
  /// The host cannot offer the processor.
  public static let cpuIncompatible = Self(rawValue: 91)
  /// A document does not match its schema.
  public static let xmlInvalid = Self(rawValue: 92)
  /// The domain has no such device.
  public static let deviceMissing = Self(rawValue: 99)
  /// No checkpoint matches.
  public static let noCheckpoint = Self(rawValue: 103)
  /// No backup job is running.
  public static let noBackup = Self(rawValue: 104)
  /// A checkpoint cannot be used, because the images do not hold all of it.
  public static let checkpointInconsistent = Self(rawValue: 109)
  /// Several domains match.
  public static let multipleDomains = Self(rawValue: 110)
}

extension LibvirtError.Code: CustomStringConvertible {
  public var description: String { Self.names[rawValue] ?? "code \(rawValue)" }

  /// Lets `catch` clauses and `switch` match an error by its code.
  public static func ~= (code: Self, error: any Error) -> Bool {
    (error as? LibvirtError)?.code == code
  }

  private static let names: [Int32: String] = [
    -1: "unreported",
    -2: "connectionClosed",
    -3: "cancelled",
    -4: "overloaded",
    1: "internalError",
    2: "noMemory",
    3: "noSupport",
    5: "noConnect",
    6: "invalidConnection",
    7: "invalidDomain",
    8: "invalidArgument",
    9: "operationFailed",
    16: "unknownOSType",
    27: "xmlError",
    28: "domainExists",
    29: "operationDenied",
    30: "openFailed",
    31: "readFailed",
    32: "parseFailed",
    34: "writeFailed",
    35: "xmlMalformed",
    37: "networkExists",
    38: "systemError",
    39: "rpc",
    40: "tls",
    42: "noDomain",
    43: "noNetwork",
    45: "authenticationFailed",
    49: "noStoragePool",
    50: "noStorageVolume",
    55: "operationInvalid",
    62: "noNetworkFilter",
    67: "configurationUnsupported",
    68: "operationTimeout",
    72: "noSnapshot",
    74: "argumentUnsupported",
    78: "operationAborted",
    79: "authenticationCancelled",
    80: "noMetadata",
    81: "migrationUnsafe",
    82: "overflow",
    83: "blockCopyActive",
    84: "operationUnsupported",
    86: "agentUnresponsive",
    87: "resourceBusy",
    88: "accessDenied",
    90: "storageVolumeExists",
    91: "cpuIncompatible",
    92: "xmlInvalid",
    99: "deviceMissing",
    103: "noCheckpoint",
    104: "noBackup",
    109: "checkpointInconsistent",
    110: "multipleDomains",
  ]
}
