import Covey
import CoveyEngine
import Libvirt

extension LibvirtHypervisor {
  /// How long a guest may take to hear who it is; some milliseconds where the host is idle.
  public static let identifyWithin: Duration = .seconds(10)

  /// Started beside its stored definition, which libvirt keeps for the next start: a running machine may differ from it.
  public func fork(_ guest: Guest, from set: WarmSet, of template: Template) async throws {
    guard !link.isTest else { throw Self.noForks(guest) }
    try HostMemory.require(for: guest)
    if try await isRunning(guest) { try await destroy(guest) }
    let document = WarmMachine.fork(
      try machine(of: guest, from: template).document(), memory: warm.path(of: .memory, in: set))
    let xml = try document.serialised()
    try await bridge?.reserve(for: guest)
    let connection = try await link.connection()
    let domain = try await attempting("forking", guest) { () throws(LibvirtError) in
      try await connection.create(domainXML: xml, flags: .paused)
    }
    do {
      try await MachineState(domain: domain, subject: "guest \(guest.name)", time: time)
        .load(from: warm.path(of: .state, in: set))
    } catch {
      // A machine that waits for a state it never gets is of no use to anybody.
      try await sheltered { try await destroy(guest) }
      throw error
    }
  }

  public func identify(_ guest: Guest, of template: Template) async throws {
    try await resume(guest, telling: wholeIdentity(of: guest), template)
  }

  /// What a fork is told. On a bridge its address is its own, and its DHCP client hears that it has another one now.
  func wholeIdentity(of guest: Guest) -> IdentityRequest {
    var request = IdentityRequest.whole(for: guest, seed: Self.seed(), at: time.now())
    if let bridge {
      request.address = "\(guest.address)/\(bridge.facts.subnet.prefix)"
      request.renewsLease = true
    }
    return request
  }

  public func wake(_ guest: Guest, of template: Template) async throws {
    try await resume(guest, telling: .moment(seed: Self.seed(), at: time.now()), template)
  }

  public func goOn(_ guest: Guest) async throws {
    try DiskSpace.require(
      OverlayDisks.leastFree, at: files.layers(of: guest),
      for: "guest \"\(guest.name)\" cannot go on", subject: "guest \(guest.name)")
    try await resume(guest, requireDomain(of: guest))
  }

  public func grow(_ guest: Guest, of template: Template) async throws {
    guard let carrier = template.identity, !link.isTest else { return }
    try await messenger.send(
      .grow, to: guest, by: carrier, domain: requireDomain(of: guest), within: Self.identifyWithin)
  }

  public func pause(_ guest: Guest) async throws {
    guard !link.isTest else { return }
    let domain = try await requireDomain(of: guest)
    try await attempting("pausing", guest) { () throws(LibvirtError) in try await domain.suspend() }
  }

  /// What goes through a channel is said while the machine is still held, so that it wakes to it; an agent must run to
  /// be talked to.
  private func resume(_ guest: Guest, telling request: IdentityRequest, _ template: Template)
    async throws
  {
    let domain = try await requireDomain(of: guest)
    guard let carrier = template.identity else { return try await resume(guest, domain) }
    if carrier == .agent { try await resume(guest, domain) }
    async let told: Void = messenger.send(
      request, to: guest, by: carrier, domain: domain, within: Self.identifyWithin)
    if carrier != .agent { try await resume(guest, domain) }
    try await told
  }

  private func resume(_ guest: Guest, _ domain: Domain) async throws {
    do throws(LibvirtError) { try await domain.resume() } catch {
      // Resuming what runs is refused; that it runs is what was wanted.
      let state = try? await domain.state()
      guard case .running = state else { throw Problem(error, doing: "resuming", to: guest) }
    }
  }

  static func seed() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<64).map { _ in generator.next() }
  }

  private static func noForks(_ guest: Guest) -> Problem {
    Problem(
      .unsupported, subject: "guest \(guest.name)", "libvirt's test driver forks no machines",
      hint: "use a QEMU connection: coveyd --connect qemu:///embed?root=DIR")
  }
}
