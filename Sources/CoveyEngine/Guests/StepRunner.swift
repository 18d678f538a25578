import Covey

/// Carries out one step of a guest's plan through the ports. Every step may be repeated.
struct StepRunner: Sendable {
  typealias Report = @Sendable (WorkDone) -> Void

  let ports: Ports
  let ledger: Ledger

  /// How often a condition is looked at while a step waits for it.
  static let lookEvery: Duration = .milliseconds(50)
  /// How often a balancer that does not answer is asked again to take a member in.
  static let enterEvery: Duration = .seconds(1)
  /// The power button is pressed again while a guest, still booting perhaps, does not react.
  static let pressAgainAfter: Duration = .seconds(4)
  /// How much longer than its time a graceful stop may take when the machine does not answer at all.
  static let graceForAnswers: Duration = .seconds(5)

  /// - Throws: `Problem` with the step's reason; `CancellationError` when the plan was interrupted.
  ///   `report` is called now and then by steps that take long.
  func perform(
    _ step: GuestAction, on guest: Guest, in inventory: Inventory, report: @escaping Report
  ) async throws {
    let template = inventory.templates[guest.templateDigest]
    switch step {
    case .createDisk: try await ports.disks.create(for: guest, from: required(template, guest))
    case .requireDisk: try await requireDisk(of: guest, from: required(template, guest))
    case .renewDisk: try await ports.disks.renew(for: guest, from: required(template, guest))
    case .forkDisk(let id):
      let template = try required(template, guest)
      let set = try await checked(id, of: template, in: inventory)
      try await ports.disks.fork(for: guest, from: set, of: template)
    case .adoptDisk(let path):
      try await ports.disks.adopt(path, for: guest, from: required(template, guest))
    case .define: try await define(guest, from: required(template, guest))
    case .startMachine: try await ports.hypervisor.start(guest)
    case .forkMachine(let id):
      let template = try required(template, guest)
      let set = try await checked(id, of: template, in: inventory)
      try await ports.hypervisor.fork(guest, from: set, of: template)
    case .identify: try await ports.hypervisor.identify(guest, of: required(template, guest))
    case .wake: try await ports.hypervisor.wake(guest, of: required(template, guest))
    case .goOn: try await ports.hypervisor.goOn(guest)
    case .pause: try await ports.hypervisor.pause(guest)
    case .exposePorts: try await ports.hypervisor.exposePorts(of: guest)
    case .awaitHealth(let within): try await awaitHealth(of: guest, within: within)
    case .enterBalancer: try await enterBalancer(guest)
    case .drain: try await inGroup(guest) { try await ports.balancer.drain(guest.name, in: $0) }
    case .awaitDrained(let within): try await awaitDrained(guest, within: within)
    case .leaveBalancer:
      try await inGroup(guest) { try await ports.balancer.leave(guest.name, in: $0) }
    case .shutDown(let within): try await shutDown(guest, within: within)
    case .destroy: try await ports.hypervisor.destroy(guest)
    case .undefine: try await ports.hypervisor.undefine(guest)
    case .removeDisk: try await ports.disks.remove(of: guest)
    case .addLayer, .dropLayer, .takeSnapshot, .pullLayer, .commitLayer, .dropMemory, .note,
      .claimFolder, .copyLayer, .copyMemory, .mirrorLayer, .stopMirror, .pivot, .clearFolder,
      .resizeDisk, .flattenLayer, .rebaseLayer, .copyFirmwareState, .dropFirmwareState:
      try await performOnLayers(step, of: guest, report: report)
    case .growFileSystem: try await grow(guest, template)
    case .exportGuest(let layer, let path, _):
      try await export(guest, layer, to: path, required(template, guest), report: report)
    case .publishExport(let path): try await publish(guest, to: path)
    case .dropExport(let path, let snapshot):
      try await ports.layers.dropExtract(of: guest, near: path)
      try await ports.shelf.dropDraft(of: ExportFile(path, of: guest))
      if let snapshot {
        try await ledger.record([.diskChanged(guest.name, .forgotten(snapshot))])
      }
    case .sealTemplate(let name, let layer):
      try await seal(guest, layer, as: name, required(template, guest), report: report)
    case .prepareBackup, .copyBackup, .sealBackup, .tidyCheckpoints, .dropBackup, .restoreDisk:
      try await performOnBackups(step, of: guest, in: inventory, report: report)
    case .resumeMemory(let memory):
      try await ports.layers.resume(guest, from: memory, of: required(template, guest))
    }
  }

  private func requireDisk(of guest: Guest, from template: Template) async throws {
    try await ports.disks.require(for: guest, from: template)
    try await ports.layers.requireRecorded(guest)
    if guest.endedHard { try await ports.layers.mendLeaks(of: guest) }
  }

  /// Its definition says which file the machine wrote to last, also where the record does not.
  private func define(_ guest: Guest, from template: Template) async throws {
    try await ports.layers.requireRecorded(guest)
    try await ports.hypervisor.define(guest, from: template)
  }

  func required(_ template: Template?, _ guest: Guest) throws -> Template {
    guard let template else {
      throw Problem(
        .notFound, subject: "template \(guest.template)",
        "guest \"\(guest.name)\" stands on a version of template \"\(guest.template)\" that covey does not know",
        hint: "rebuild it from the same folder: covey template build FOLDER")
    }
    return template
  }

  /// The warm set, seen to be whole and fit just now.
  private func checked(_ id: String, of template: Template, in inventory: Inventory) async throws
    -> WarmSet
  {
    guard let set = inventory.warmSets[id] else {
      throw Problem(
        .notFound, subject: "template \(template.name)",
        "the warm set \(id.prefix(12)) of template \"\(template.name)\" is gone",
        hint: "make the template warm again: covey template warm \(template.name)")
    }
    try await ports.warmth.verify(set, of: template)
    return set
  }

  /// A guest whose group's record is lost has no balancer that covey knows.
  private func inGroup(_ guest: Guest, _ body: (Frontend) async throws -> Void) async throws {
    guard let frontend = await frontend(of: guest) else { return }
    try await body(frontend)
  }

  private func frontend(of guest: Guest) async -> Frontend? {
    let inventory = await ledger.inventory
    return guest.group.flatMap { inventory.groups[$0]?.frontend(in: inventory) }
  }

  private func awaitHealth(of guest: Guest, within: Duration) async throws {
    try await HealthWait(ports: ports).wait(
      for: guest, within: within,
      hint: "launch it with --keep-failed and look at: covey logs \(guest.name); "
        + "or give it more time with --ready-within"
    ) { await ports.hypervisor.consoleTail(of: guest.name, lines: $0) }
  }

  /// A balancer that does not answer is no fault of the member's, and is mended or started by others: the member waits for it,
  /// as its group now wants it, for as long as there is a group for it.
  private func enterBalancer(_ guest: Guest) async throws {
    while true {
      do {
        return try await enterBalancerOnce(guest)
      } catch let problem as Problem where problem.code == .unavailable {
        let groups = await ledger.inventory.groups
        guard let group = guest.group.flatMap({ groups[$0] }), !group.isBeingDeleted else {
          throw problem
        }
        try await ports.time.sleep(for: Self.enterEvery)
      }
    }
  }

  private func enterBalancerOnce(_ guest: Guest) async throws {
    let inventory = await ledger.inventory
    guard let group = guest.group.flatMap({ inventory.groups[$0] }),
      let frontend = group.frontend(in: inventory)
    else { return }
    guard let member = inventory.balanced(guest) else {
      throw Problem(
        .invalid, subject: "guest \(guest.name)",
        "guest \"\(guest.name)\" does not serve port \(group.spec.port) of group \"\(group.name)\"",
        hint: "replace it with: covey delete \(guest.name)")
    }
    try await ports.balancer.enter(member, in: frontend)
  }

  private func awaitDrained(_ guest: Guest, within: Duration) async throws {
    guard let frontend = await frontend(of: guest) else {
      return try await awaitForgotten(guest, within)
    }
    let deadline = ports.time.now() + within
    while ports.time.now() < deadline {
      // What woke the group reached the member past the balancer's count of it.
      let woken = await ports.activator.wakes(of: frontend.group)?.passing[guest.name] ?? 0
      if woken == 0, try await sessions(of: guest, in: frontend) == 0 { return }
      try await ports.time.sleep(for: Self.lookEvery)
    }
  }

  /// Nil while the balancer does not answer: they may all be under way then, and it is asked again.
  private func sessions(of guest: Guest, in frontend: Frontend) async throws -> Int? {
    do {
      return try await ports.balancer.statistics(of: frontend).members[guest.name]?.sessions ?? 0
    } catch let problem as Problem where problem.code == .unavailable {
      return nil
    }
  }

  /// Waits until no client can know the member from DNS any more, and then, within the time that its group gives, until
  /// its connections have ended. Where this host does not see them they may all be open: the whole time passes.
  private func awaitForgotten(_ guest: Guest, _ within: Duration) async throws {
    let groups = await ledger.inventory.groups
    guard within > .zero, let port = guest.group.flatMap({ groups[$0]?.spec.port }),
      let endpoint = guest.endpoint(of: port)
    else { return }
    try await ports.time.sleep(for: Zone.longestStale)
    let deadline = ports.time.now() + within
    while ports.time.now() < deadline, await ports.probe.connections(to: endpoint) != 0 {
      try await ports.time.sleep(for: Self.lookEvery)
    }
  }

  /// Presses the power button until the machine is off. A machine that no longer answers may hold the call up: it is
  /// ended from beside when the time is up, which frees the call.
  private func shutDown(_ guest: Guest, within: Duration) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await pressPowerButton(of: guest, within: within) }
      group.addTask {
        try await ports.time.sleep(for: within + Self.graceForAnswers)
        try await ports.hypervisor.destroy(guest)
      }
      try await group.next()
      group.cancelAll()
    }
    try await notePowerOff(of: guest)
  }

  /// How a machine ended the hypervisor alone can tell, and not for ever.
  private func notePowerOff(of guest: Guest) async throws {
    guard guest.disk == .persistent, guest.endedHard,
      try await ports.hypervisor.hasPoweredOff(guest)
    else { return }
    try await ledger.record([.guestPoweredOff(guest.name)])
  }

  private func pressPowerButton(of guest: Guest, within: Duration) async throws {
    let deadline = ports.time.now() + within
    var pressed: Timestamp?
    while ports.time.now() < deadline, try await ports.hypervisor.isRunning(guest) {
      if pressed.map({ ports.time.now() - $0 >= Self.pressAgainAfter }) ?? true {
        pressed = ports.time.now()
        do { try await ports.hypervisor.requestShutdown(of: guest) } catch is Problem {
          return  // The machine does not take the wish: what comes next ends it.
        }
      }
      try await ports.time.sleep(for: Self.lookEvery)
    }
  }
}
