import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

extension LibvirtLayers {
  /// The longest that a guest's file systems are held still: what is not done by then is done without.
  static let frozenAtMost: Duration = .seconds(5)
  /// The agent's longest silence, in whole seconds.
  private static let agentPatience: Int32 = 3

  public func turn(_ guest: Guest, to layer: Int, as snapshot: Snapshot) async throws
    -> Snapshot.Consistency
  {
    let path = layers.path(layer, of: guest)
    guard let machine = try await machine(of: guest) else {
      if snapshot.memory != nil {
        // It may have ended after it had turned.
        guard try await definedFile(of: guest) == path else { throw Self.offForMemory(guest) }
        return .memory
      }
      return guest.consistencyAtRest
    }
    if machine.chain.first == path {
      // An earlier daemon got this far, and perhaps not to the thaw.
      await thaw(guest, machine.domain)
      return snapshot.memory.map { _ in .memory } ?? .crash
    }
    guard machine.chain.first == layers.path(guest.disks.active, of: guest) else {
      await thaw(guest, machine.domain)
      throw notAsExpected(guest, machine.chain)
    }
    if let memory = snapshot.memory {
      try await save(machine, of: guest, memory: memory, turningTo: path)
      return .memory
    }
    return try await turnFrozen(machine, of: guest, to: path)
  }

  private func turnFrozen(_ machine: Machine, of guest: Guest, to path: String) async throws
    -> Snapshot.Consistency
  {
    let xml = try SnapshotDocument(disks: [.external(GuestMachine.target, file: path)])
      .serialised()
    let domain = machine.domain
    let take: @Sendable () async throws -> Void = {
      try await hypervisor.attempting("taking a snapshot of", guest) { () throws(LibvirtError) in
        try await domain.createSnapshot(
          xml: xml, [.diskOnly, .noMetadata, .reuseExternal, .atomic])
      }
    }
    return try await atOneMoment(of: guest, machine, take)
  }

  /// Does what a state of the disk begins with, while the guest's file systems hold still where an agent sees to it.
  func atOneMoment(
    of guest: Guest, _ machine: Machine, _ body: @escaping @Sendable () async throws -> Void
  ) async throws -> Snapshot.Consistency {
    let moment = StillMoment(
      atMost: Self.frozenAtMost, time: time, freeze: { await freeze(guest, machine) },
      thaw: { await thaw(guest, machine.domain) })
    return try await moment.run(body) ? .fileSystem : .crash
  }

  private func save(
    _ machine: Machine, of guest: Guest, memory: Int, turningTo path: String
  ) async throws {
    let file = files.memory(memory, of: guest)
    try DiskSpace.require(
      guest.machine.memory, at: file, for: "cannot save the memory of guest \"\(guest.name)\"",
      subject: "guest \(guest.name)")
    // What an earlier try left is of another moment.
    try HostFiles.remove(file)
    try await MachineState(domain: machine.domain, subject: "guest \(guest.name)", time: time)
      .takeMemoryAlong()
    let xml = try SnapshotDocument(
      disks: [.external(GuestMachine.target, file: path)], memory: .external(file: file)
    ).serialised()
    do {
      try await hypervisor.attempting("saving the memory of", guest) { () throws(LibvirtError) in
        try await machine.domain.createSnapshot(
          xml: xml, [.live, .noMetadata, .reuseExternal, .atomic])
      }
    } catch {
      // Only where the machine did not turn: else the two belong together.
      let isTurned = try await self.machine(of: guest)?.chain.first == path
      if !isTurned { try HostFiles.remove(file) }
      guard isTurned else { throw error }
    }
    try await HostFiles.settle(file)
  }

  private static func offForMemory(_ guest: Guest) -> Problem {
    Problem(
      .conflict, subject: "guest \(guest.name)",
      "guest \"\(guest.name)\" does not run any more, and so has no memory to save",
      hint: "start it first: covey start \(guest.name)")
  }
}

// Holding the guest's file systems still.
extension LibvirtLayers {
  /// - Returns: whether the guest's file systems hold still. One without an agent, or with a mute one, goes on writing.
  private func freeze(_ guest: Guest, _ machine: Machine) async -> Bool {
    guard await hasAgent(guest, machine.domain) else { return false }
    do throws(LibvirtError) {
      try await machine.domain.setAgentResponseTimeout(seconds: Self.agentPatience)
      return try await machine.domain.freezeFilesystems() > 0
    } catch {
      logger.notice(
        "its file systems could not be frozen: \(error.message)",
        metadata: ["guest": "\(guest.name)"])
      // It may have frozen all the same, and only its answer is missing.
      await thaw(guest, machine.domain)
      return false
    }
  }

  /// Nothing is done to what is not frozen.
  func thaw(_ guest: Guest, _ domain: Domain) async {
    guard await hasAgent(guest, domain) else { return }
    for attempt in 1...3 {
      do throws(LibvirtError) {
        _ = try await domain.thawFilesystems()
        return
      } catch {
        logger.warning(
          "its file systems could not be thawed: \(error.message)",
          metadata: ["guest": "\(guest.name)", "attempt": "\(attempt)"])
      }
    }
  }

  /// Whether somebody in the guest listens at the agent's port.
  private func hasAgent(_ guest: Guest, _ domain: Domain) async -> Bool {
    guard let xml = try? await domain.xml(), let document = try? DomainDocument(parsing: xml) else {
      return false
    }
    return document.channels.contains { $0.targetName == IdentityAgent.port && $0.isConnected }
  }
}
