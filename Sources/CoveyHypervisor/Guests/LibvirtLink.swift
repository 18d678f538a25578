import Covey
import Libvirt
import Logging

/// The one connection to libvirt, opened when it is first needed and opened anew when it has died.
public actor LibvirtLink {
  public nonisolated let uri: String
  private var opening: Task<Connection, any Error>?
  private let logger: Logger?
  /// Once: from then on the process's own libvirt writes the records.
  private var isMended = false

  /// - `logger`: is told of what an earlier daemon's end made libvirt forget.
  public init(uri: String, logger: Logger? = nil) {
    self.uri = uri
    self.logger = logger
  }

  /// Whether this is libvirt's test driver, which runs no machines.
  public nonisolated var isTest: Bool { uri.hasPrefix("test:") }

  /// - Throws: `Problem` with `.unavailable` when it cannot be opened.
  public func connection() async throws -> Connection {
    if let seen = opening {
      if let open = try? await seen.value, try await isAlive(open) { return open }
      // Whoever finds it dead first opens the next one; the others wait for that.
      if opening == seen { opening = nil }
    }
    let next = opening ?? begin()
    opening = next
    return try await next.value
  }

  /// A call that never began says nothing about the connection.
  private func isAlive(_ connection: Connection) async throws -> Bool {
    do throws(LibvirtError) { return try await connection.isAlive() } catch {
      switch error.code {
      case .cancelled: throw CancellationError()
      case .overloaded: return true
      default: return false
      }
    }
  }

  public func close() async {
    guard let open = try? await opening?.value else { return }  // never opened: nothing to close
    opening = nil
    try? await open.close()  // libvirt's only complaint is that it was closed already
  }

  private func begin() -> Task<Connection, any Error> {
    let root = isMended ? nil : EmbeddedRoot(uri: uri)
    isMended = true
    return Task { [uri, logger] in try await Self.open(uri, mending: root, logger) }
  }

  private static func open(
    _ uri: String, mending root: EmbeddedRoot?, _ logger: Logger?
  ) async throws -> Connection {
    do throws(LibvirtError) {
      if let root { try await mend(root, logger) }
      return try await Connection.open(uri)
    } catch {
      throw Problem(
        .unavailable, subject: uri, "libvirt cannot be reached at \(uri): \(error.message)",
        hint: hint(for: error, at: uri))
    }
  }

  /// Else a daemon that was killed at a wrong moment leaves guests that libvirt never lets go of, or knows wrong things of.
  private static func mend(_ root: EmbeddedRoot, _ logger: Logger?) async throws(LibvirtError) {
    try root.forgetUnbegunMachines()
    let records = MachineRecords(root: root.path, logger: logger)
    try? await HostFiles.apart { _ in records.mend() }  // it throws nothing
  }

  private static func hint(for error: LibvirtError, at uri: String) -> String {
    guard uri.hasPrefix("qemu:///embed") else {
      return "check that libvirtd runs and that this user may connect: virsh -c \(uri) version"
    }
    // As root libvirt 9.0 looks the account up before it reads that another one is wanted.
    if error.message.contains("libvirt-qemu") {
      return
        "make the account that libvirt asks for: adduser --system --group --no-create-home libvirt-qemu"
    }
    return
      "install the embedded driver: apt-get install libvirt-daemon-driver-qemu; see: covey doctor"
  }
}
