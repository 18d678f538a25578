import Covey
import CoveyEngine

/// All ports at once, in memory: records every call, holds machines, disks and balancers, and fails where told to.
public actor RecordingWorld {
  public private(set) var calls: [String] = []
  public private(set) var machines: [String: ObservedGuest] = [:]
  public private(set) var defined: [String: Guest] = [:]
  public internal(set) var disks: Set<Name> = []
  /// Files of layers beside each guest's first, and of saved memories.
  public internal(set) var layerFiles: [Name: Set<Int>] = [:]
  /// Copies of layers that moves made and nobody cleared.
  public internal(set) var copies: [Name: Set<Int>] = [:]
  private var exported: Name?
  public internal(set) var extracts: Set<Name> = []
  var isSlow = false
  var mirrored: (@Sendable () async -> Void)?
  var places: [StoragePlace] = []
  /// Other names of folders, with the one that each stands for.
  var aliases: [String: String] = [:]
  /// Backups by folder; what of them is not finished, by its checkpoint; and what was said to be kept last.
  public internal(set) var backupSets: [String: BackupSet] = [:]
  public internal(set) var unfinished: Set<String> = []
  public internal(set) var keptCheckpoints: Set<String> = []
  var damages: [BackupFinding] = []
  public internal(set) var memoryFiles: [Name: Set<Int>] = [:]
  /// Machines that are being made into warm sets.
  public private(set) var warming: Set<Name> = []
  public private(set) var warmSets: Set<String> = []
  public internal(set) var zone: Zone?
  public internal(set) var doors: [Name: Door] = [:]
  public private(set) var woken: [Name: WakeStatistics] = [:]
  private var requests: [Name: Int] = [:]
  private var mute: Set<Name> = []
  /// Clients of each endpoint, which no balancer counts; nil where the host does not see them.
  public private(set) var clients: Int? = 0
  public private(set) var balancers: [Name: [Name: TrafficStatistics.Member]] = [:]
  /// Whether nothing is left of any guest or warm set.
  public var isEmpty: Bool {
    machines.isEmpty && defined.isEmpty && disks.isEmpty && warming.isEmpty && warmSets.isEmpty
  }
  var faults: [String: (problem: Problem, times: Int)] = [:]
  /// Which groups each open listener serves.
  public private(set) var listeners: [Endpoint: Set<Name>] = [:]
  /// Of members, as they last entered.
  public private(set) var weights: [Name: Int] = [:]
  var unhealthy: String?
  /// Why single members do not answer when they are asked.
  var unhealthyEndpoints: [Endpoint: String] = [:]
  var unhealthyAgents: Set<Name> = []
  var reports: [Name: ReportFinding] = [:]
  var unhealthyAt: [IPv4Address: String] = [:]
  var oddities: [IPv4Address: String] = [:]
  private var ignoresPowerButton = false
  /// Machines whose systems powered them off.
  var poweredOff: Set<Name> = []

  public init() {}

  /// Makes the next calls of this kind fail; `call` is a call's first word, such as `start`.
  public func fail(_ call: String, with problem: Problem, times: Int = .max) {
    faults[call] = (problem, times)
  }

  public func succeed(_ call: String) { faults[call] = nil }

  public func answerHealth(with failure: String?) { unhealthy = failure }

  public func answerHealth(at endpoint: Endpoint, with failure: String?) {
    unhealthyEndpoints[endpoint] = failure
  }

  public func silenceAgent(of guest: Name, _ isSilent: Bool = true) {
    if isSilent { unhealthyAgents.insert(guest) } else { unhealthyAgents.remove(guest) }
  }

  public func report(_ finding: ReportFinding?, of member: Name) { reports[member] = finding }

  public func answerHealth(with failure: String?, at address: IPv4Address) {
    unhealthyAt[address] = failure
  }

  /// Has the next imports hold a guest.
  public func exportHolds(_ guest: Name?) { exported = guest }

  /// Has mirrors take for ever.
  public func slowDown() { isSlow = true }

  /// Storage pools that libvirt has.
  public func has(places: [StoragePlace]) { self.places = places }

  public func alias(_ folder: String, _ other: String) { aliases[other] = folder }

  /// Has a body run at the end of each mirror, once both are the same.
  public func whenMirrored(_ body: @escaping @Sendable () async -> Void) { mirrored = body }

  public func ignorePowerButton() { ignoresPowerButton = true }

  /// Ends a machine as a crash would.
  public func crash(_ guest: Name) {
    guard let uuid = machines.values.first(where: { $0.name == guest })?.uuid else { return }
    turnOff(uuid)
  }

  public func setSessions(_ count: Int, of member: Name, in group: Name) {
    let isDraining = balancers[group]?[member]?.isDraining ?? false
    balancers[group]?[member] = TrafficStatistics.Member(
      isUp: true, isDraining: isDraining, sessions: count, requests: 1, failures: 0)
  }

  public func setUp(_ isUp: Bool, _ member: Name, in group: Name) {
    guard let old = balancers[group]?[member] else { return }
    balancers[group]?[member] = TrafficStatistics.Member(
      isUp: isUp, isDraining: old.isDraining, sessions: old.sessions, requests: old.requests,
      failures: old.failures)
  }

  public func setCPU(_ time: Duration, of guest: Name) {
    guard let machine = machines.values.first(where: { $0.name == guest }) else { return }
    machines[machine.uuid] = ObservedGuest(
      name: guest, uuid: machine.uuid, machine: .running, cpuTime: time, cpus: 1,
      memory: machine.memory)
  }

  public func setClients(_ count: Int?) { clients = count }

  /// Has clients ask for something since the last look.
  public func setRequests(_ count: Int, in group: Name) { requests[group] = count }

  public func setWakes(_ statistics: WakeStatistics, of group: Name) { woken[group] = statistics }

  /// Has a group's balancer say nothing, neither yes nor no, for as long as it is so.
  public func mute(_ group: Name, _ isMute: Bool = true) {
    if isMute { mute.insert(group) } else { mute.remove(group) }
  }

  public func loseBalancer(_ group: Name) { balancers[group] = nil }

  public func seed(_ guest: Guest, running: Bool) {
    defined[guest.uuid] = guest
    disks.insert(guest.name)
    machines[guest.uuid] = ObservedGuest(
      name: guest.name, uuid: guest.uuid, machine: running ? .running : .off,
      cpuTime: running ? .zero : nil, cpus: 1, memory: nil)
  }

  /// Names of the calls so far about one guest, in order.
  public func calls(about guest: Name) -> [String] {
    calls.filter { $0.hasSuffix(" \(guest)") }.map { String($0.dropLast(guest.text.count + 1)) }
  }

  func note(_ call: String, _ subject: Name) throws {
    calls.append("\(call) \(subject)")
    guard let fault = faults[call] else { return }
    faults[call] = fault.times > 1 ? (fault.problem, fault.times - 1) : nil
    throw fault.problem
  }

  func turnOn(_ guest: Guest, _ machine: ObservedGuest.Machine = .running) {
    poweredOff.remove(guest.name)
    machines[guest.uuid] = ObservedGuest(
      name: guest.name, uuid: guest.uuid, machine: machine, cpuTime: .zero, cpus: 1, memory: nil)
  }

  func turnOff(_ uuid: String) {
    guard let machine = machines[uuid] else { return }
    machines[uuid] = ObservedGuest(
      name: machine.name, uuid: uuid, machine: .off, cpuTime: nil, cpus: 1, memory: nil)
  }
}

extension RecordingWorld: Hypervisor {
  public func define(_ guest: Guest, from template: Template) throws {
    try note("define", guest.name)
    defined[guest.uuid] = guest
    if machines[guest.uuid] == nil {
      machines[guest.uuid] = ObservedGuest(
        name: guest.name, uuid: guest.uuid, machine: .off, cpuTime: nil, cpus: 1, memory: nil)
    }
  }
  public func start(_ guest: Guest) throws {
    try note("start", guest.name)
    turnOn(guest)
  }
  public func fork(_ guest: Guest, from set: WarmSet, of template: Template) throws {
    try note("fork", guest.name)
    turnOn(guest, .paused)
  }
  public func identify(_ guest: Guest, of template: Template) throws {
    try note("identify", guest.name)
    turnOn(guest)
  }
  public func grow(_ guest: Guest, of template: Template) throws { try note("grow", guest.name) }
  public func pause(_ guest: Guest) throws {
    try note("pause", guest.name)
    turnOn(guest, .paused)
  }
  public func wake(_ guest: Guest, of template: Template) throws {
    try note("wake", guest.name)
    turnOn(guest)
  }
  public func exposePorts(of guest: Guest) throws { try note("expose", guest.name) }
  public func requestShutdown(of guest: Guest) throws {
    try note("shutdown", guest.name)
    guard !ignoresPowerButton, machines[guest.uuid]?.machine == .running else { return }
    turnOff(guest.uuid)
    poweredOff.insert(guest.name)
  }
  public func destroy(_ guest: Guest) throws {
    try note("destroy", guest.name)
    turnOff(guest.uuid)
  }
  public func undefine(_ guest: Guest) throws {
    try note("undefine", guest.name)
    defined[guest.uuid] = nil
    machines[guest.uuid] = nil
  }
  public func agentFailure(of guest: Guest, within limit: Duration) -> String? {
    unhealthyAgents.contains(guest.name) ? "its agent does not answer" : nil
  }
  public func isRunning(_ guest: Guest) -> Bool {
    [.running, .held].contains(machines[guest.uuid]?.machine)
  }
  public func observe() throws -> [ObservedGuest] {
    if let fault = faults["observe"] { throw fault.problem }
    return Array(machines.values)
  }
  public func identities() -> [Guest] {
    defined.values.map { guest in
      var guest = guest
      guest.state = .unknown
      return guest
    }
  }
  public func hints() -> AsyncStream<HypervisorHint> { AsyncStream { $0.finish() } }
  public func consoleTail(of guest: Name, lines: Int) -> [String] { ["kernel: booting"] }
}

extension RecordingWorld: Balancer {
  public func open(_ listener: Listener) async throws {
    for frontend in listener.frontends { try note("open", frontend.group) }
    for frontend in listener.frontends { try await hear(frontend.group) }
    let groups = Set(listener.frontends.map(\.group))
    for group in listeners[listener.endpoint] ?? [] where !groups.contains(group) {
      // A group that moved is open elsewhere.
      if !listeners.contains(where: { $0.key != listener.endpoint && $0.value.contains(group) }) {
        balancers[group] = nil
      }
    }
    listeners[listener.endpoint] = groups
    for group in groups where balancers[group] == nil { balancers[group] = [:] }
  }
  private func hear(_ group: Name) async throws {
    while mute.contains(group) {
      try Task.checkCancellation()
      await Task.yield()
    }
  }
  public func close(_ endpoint: Endpoint) {
    calls.append("close \(endpoint)")
    let groups = listeners.removeValue(forKey: endpoint) ?? []
    for group in groups where !listeners.values.contains(where: { $0.contains(group) }) {
      balancers[group] = nil
    }
  }
  public func preflight(_ listener: Listener) throws {
    if let fault = faults["open"] { throw fault.problem }
  }
  public func renewCertificate(of frontend: Frontend) throws {
    if let fault = faults["renew"] { throw fault.problem }
  }
  public func close(besides endpoints: Set<Endpoint>) {
    for endpoint in listeners.keys where !endpoints.contains(endpoint) { close(endpoint) }
  }
  public func enter(_ member: BalancedMember, in frontend: Frontend) throws {
    let group = frontend.group
    try note("enter", member.name)
    weights[member.name] = member.weight
    balancers[group]?[member.name] = TrafficStatistics.Member(
      isUp: true, isDraining: false, sessions: 0, requests: 0, failures: 0)
  }
  public func drain(_ member: Name, in frontend: Frontend) throws {
    let group = frontend.group
    try note("drain", member)
    guard let old = balancers[group]?[member] else { return }
    balancers[group]?[member] = TrafficStatistics.Member(
      isUp: true, isDraining: true, sessions: old.sessions, requests: old.requests, failures: 0)
  }
  public func leave(_ member: Name, in frontend: Frontend) throws {
    try note("leave", member)
    balancers[frontend.group]?[member] = nil
  }
  public func statistics(of frontend: Frontend) async throws -> TrafficStatistics {
    let group = frontend.group
    try await hear(group)
    if let fault = faults["statistics"] {
      faults["statistics"] = fault.times > 1 ? (fault.problem, fault.times - 1) : nil
      throw fault.problem
    }
    guard let members = balancers[group] else {
      throw Problem(.unavailable, subject: "group \(group)", "no balancer", hint: "")
    }
    return TrafficStatistics(
      members: members, requests: requests[group] ?? 0, failures: 0, queued: 0, sessions: 0)
  }
}

extension RecordingWorld: TemplateShelf {
  public func build(
    folder: String, at now: Timestamp, report: @escaping @Sendable (String) -> Void
  ) throws -> Template {
    report("building")
    if let fault = faults["build"] { throw fault.problem }
    return Samples.template()
  }
  public func verify(_ template: Template) throws {}
  public func derive(
    _ name: Name, from guest: Guest, of base: Template, disk: String, at now: Timestamp
  ) throws -> Template {
    try note("derive", name)
    return Samples.template(name.text, digest: "d\(calls.count)", at: now.milliseconds)
  }
  public func importImage(
    _ request: ImageRequest, at now: Timestamp, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) throws -> Template {
    try note("importImage", request.name)
    return Samples.template(request.name.text, digest: "d\(calls.count)", at: now.milliseconds)
  }
  public func export(
    _ template: Template, with guest: Guest?, disk: String?, to file: ExportFile,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> OperationResult {
    try note("export", guest?.name ?? template.name)
    while isSlow { try await Task.sleep(for: .milliseconds(1)) }
    return OperationResult(path: file.path, digest: template.digest)
  }
  public func checkExport(to path: String, subject: String) throws {
    if let fault = faults["checkExport"] { throw fault.problem }
  }
  public func publish(_ file: ExportFile, digest: String?) {
    calls.append("publish \(file.path) \(digest ?? "-")")
  }
  public func dropDraft(of file: ExportFile) { calls.append("dropDraft \(file.path)") }
  public func importArchive(
    _ path: String, at now: Timestamp, progress: @escaping @Sendable (WorkDone) -> Void,
    guest adopt: @escaping @Sendable (ImportedGuest) async throws -> Void
  ) async throws -> ImportedArchive {
    if let fault = faults["importArchive"] { throw fault.problem }
    let template = Samples.template(at: now.milliseconds)
    guard let exported else { return ImportedArchive(template: template) }
    try await adopt(
      ImportedGuest(
        name: exported, template: template, machine: template.machine, disk: "/imported"))
    return ImportedArchive(template: template, digest: "e1")
  }
  public func inspect(_ template: Template) throws -> ImageFacts {
    try note("inspect", template.name)
    return ImageFacts(paths: [.program: ["/usr/lib/covey/identity"]])
  }
  public func remove(_ template: Template) throws { try note("removeTemplate", template.name) }
}

extension RecordingWorld: WarmShelf {
  public func boot(_ machine: Guest, from template: Template) throws {
    try note("boot", template.name)
    warming.insert(machine.name)
  }
  public func cpuTime(of machine: Guest) -> Duration { .zero }
  public func consoleTail(of machine: Guest, lines: Int) -> [String] { [] }
  public func rehearse(_ machine: Guest, of template: Template) throws {
    try note("rehearse", template.name)
  }
  public func seal(
    _ machine: Guest, of template: Template, bootTime: Duration, at now: Timestamp,
    report: @escaping @Sendable (String) -> Void
  ) throws -> WarmSet {
    try note("seal", template.name)
    warming.remove(machine.name)
    let set = Samples.warmSet("w\(calls.count)", machine: machine.machine, created: now)
    warmSets.insert(set.id)
    return set
  }
  public func abandon(_ machine: Guest) {
    calls.append("abandon \(machine.template)")
    warming.remove(machine.name)
  }
  public func verify(_ set: WarmSet, of template: Template) throws {
    try note("verify", set.template)
  }
  public func remove(_ set: WarmSet) throws {
    try note("removeWarm", set.template)
    warmSets.remove(set.id)
  }
  public func usage(of set: WarmSet) -> WarmUsage {
    WarmUsage(disk: .mebibytes(100), memory: .mebibytes(90))
  }
  public func sweep(besides known: Set<String>) { calls.append("sweep all") }
}
