import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

/// Guests as libvirt domains, on any QEMU connection; on `test:` connections nothing really runs.
public struct LibvirtHypervisor: Sendable {
  let link: LibvirtLink
  let installation: String
  let files: GuestFolder
  let sealed: @Sendable (SealedFile.Role, Template) -> String
  let accelerator: @Sendable () -> Accelerator
  let warm: WarmPlaces
  let time: any TimeSource
  /// The libvirt network that guests are on; nil where each is alone on QEMU's user-mode network.
  let bridge: LibvirtNetwork?
  let messenger: IdentityMessenger
  let records = RecordCache()
  let emulators = EmulatorFacts()

  /// - `installation`: marks this covey's guests in libvirt, so that it never touches another one's.
  /// - `sealed`: where a sealed file of a template lies.
  /// - `accelerator`: read at each definition, since evidence may come later.
  /// - `warm`: where the sets lie that guests are forked from.
  /// - `bridge`: the libvirt network that guests are on; nil has each alone on QEMU's user-mode network.
  public init(
    link: LibvirtLink, installation: String, files: GuestFolder,
    sealed: @escaping @Sendable (SealedFile.Role, Template) -> String,
    accelerator: @escaping @Sendable () -> Accelerator, warm: WarmPlaces,
    time: any TimeSource, bridge: LibvirtNetwork? = nil
  ) {
    self.link = link
    self.installation = installation
    self.files = files
    self.sealed = sealed
    self.accelerator = accelerator
    self.warm = warm
    self.time = time
    self.bridge = bridge
    messenger = IdentityMessenger(files: files, time: time)
  }

  /// The guest's domain; nil when libvirt knows none.
  func domain(of guest: Guest) async throws -> Domain? {
    let connection = try await link.connection()
    do throws(LibvirtError) {
      return try await connection.domain(uuid: guest.uuid)
    } catch {
      guard error.code == .noDomain else { throw Problem(error, doing: "looking up", to: guest) }
      return nil
    }
  }

  func attempting<Value>(
    _ what: String, _ guest: Guest, _ body: () async throws(LibvirtError) -> Value
  ) async throws -> Value {
    do throws(LibvirtError) { return try await body() } catch {
      throw Problem(error, doing: what, to: guest)
    }
  }

  func requireDomain(of guest: Guest) async throws -> Domain {
    guard let domain = try await domain(of: guest) else {
      throw Problem(
        .unavailable, subject: "guest \(guest.name)",
        "libvirt has no definition of guest \"\(guest.name)\"",
        hint: "start it again: covey start \(guest.name)")
    }
    return domain
  }
}

extension LibvirtHypervisor: Hypervisor {
  public func define(_ guest: Guest, from template: Template) async throws {
    let xml = try machine(of: guest, from: template).document().serialised()
    let connection = try await link.connection()
    try await attempting("defining", guest) { () throws(LibvirtError) in
      _ = try await connection.define(domainXML: xml)
    }
    await records.note(guest)
  }

  public func start(_ guest: Guest) async throws {
    let domain = try await requireDomain(of: guest)
    try await bridge?.reserve(for: guest)
    do throws(LibvirtError) {
      try await domain.start()
    } catch {
      // Somebody was faster, or an earlier daemon was: it runs, which is what was wanted.
      if try await isRunning(guest) { return }
      throw Problem(error, doing: "starting", to: guest)
    }
  }

  public func requestShutdown(of guest: Guest) async throws {
    guard let domain = try await domain(of: guest) else { return }
    do throws(LibvirtError) {
      try await domain.shutdown(link.isTest ? [] : .powerButton)
    } catch {
      guard try await !isRunning(guest) else {
        throw Problem(error, doing: "shutting down", to: guest)
      }
    }
  }

  public func destroy(_ guest: Guest) async throws {
    guard let domain = try await domain(of: guest) else { return }
    do throws(LibvirtError) {
      try await domain.destroy()
    } catch {
      if error.code == .noDomain { return }
      if try await !isRunning(guest) { return }
      throw Problem(error, doing: "ending", to: guest)
    }
  }

  public func undefine(_ guest: Guest) async throws {
    await records.forget(guest.uuid)
    try await bridge?.release(guest)
    guard let domain = try await domain(of: guest) else { return }
    do throws(LibvirtError) {
      // What UEFI firmware remembers goes with the guest's files: a start that is taken back undefines too.
      try await domain.undefine(
        link.isTest ? [] : [.managedSave, .snapshotsMetadata, .checkpointsMetadata, .keepNVRAM])
    } catch {
      guard error.code == .noDomain else { throw Problem(error, doing: "undefining", to: guest) }
    }
  }

  public func isRunning(_ guest: Guest) async throws -> Bool {
    guard let domain = try await domain(of: guest) else { return false }
    do throws(LibvirtError) { return try await domain.state().isActive } catch {
      if error.code == .noDomain { return false }
      throw Problem(error, doing: "looking at", to: guest)
    }
  }

  public func hasPoweredOff(_ guest: Guest) async throws -> Bool {
    guard let domain = try await domain(of: guest) else { return false }
    do throws(LibvirtError) { return try await domain.state() == .shutOff(.shutdown) } catch {
      if error.code == .noDomain { return false }
      throw Problem(error, doing: "looking at", to: guest)
    }
  }

  public func consoleTail(of guest: Name, lines: Int) async -> [String] {
    ConsoleLog(path: files.log(of: guest)).tail(lines)
  }

  func machine(of guest: Guest, from template: Template) -> GuestMachine {
    GuestMachine(
      guest: guest, template: template, files: files, sealed: sealed, type: type,
      installation: installation, network: network)
  }

  var network: GuestNetwork { bridge.map { .bridged($0.facts) } ?? .user }

  var type: DomainType {
    if link.isTest { return .test }
    return accelerator() == .kvm ? .kvm : .qemu
  }
}
