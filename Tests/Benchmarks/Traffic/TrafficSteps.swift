import CoveyWire
import Foundation

/// How each disturbance is brought about, and taken back.
struct TrafficSteps: Sendable {
  /// Something that a disturbance shows beside failed requests.
  struct Figure: Hashable, Sendable {
    let name: String
    let value: Double
  }

  let daemon: CoveyDaemon
  let pair: SeatedPair
  let endpoint: Endpoint
  /// Two versions of the template, between which updates go to and fro.
  let versions: [String]
  /// Where names are asked; nil when covey answers none.
  let dns: Endpoint?

  init(subject: Subject, daemon: CoveyDaemon, pair: SeatedPair, endpoint: Endpoint) async throws {
    (self.daemon, self.pair, self.endpoint) = (daemon, pair, endpoint)
    let templates: ListView<TemplateView> = try await daemon.client.get(Routes.templates)
    versions = templates.items.filter { $0.name == subject.name }
      .sorted { $0.isNewest && !$1.isNewest }.map(\.digest)
    let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
    dns = doctor.dns.flatMap(Self.endpoint)
  }

  private static func endpoint(_ text: String) -> Endpoint? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
    return Endpoint(address: String(parts[0]), port: port)
  }

  /// Brings the group to where the disturbance begins; not measured.
  func prepare(_ what: Disturbance) async throws {
    try await scale(to: TrafficTrial.members + (what == .shrink ? 1 : 0))
    if what == .activeHAProxyKilled { try await pair.settle() }
  }

  /// Returns when what it leads to is over.
  func disturb(_ what: Disturbance) async throws -> [Figure] {
    switch what {
    case .grow: try await scale(to: TrafficTrial.members + 1)
    case .shrink: try await scale(to: TrafficTrial.members)
    case .update: try await update()
    case .memberKilled: return try await killMember()
    case .daemonKilled: try await daemon.crash()
    case .activeHAProxyKilled:
      let span = try await pair.killActive()
      return [Figure(name: "address", value: span.milliseconds / 1000)]
    }
    return []
  }

  func restore(_ what: Disturbance) async throws {
    try await scale(to: TrafficTrial.members)
    if what == .activeHAProxyKilled { try await pair.settle() }
  }

  private func scale(to size: Int) async throws {
    try await daemon.covey("group scale \(TrafficTrial.group) \(size) --timeout 240s")
    try await daemon.settle(TrafficTrial.group)
  }

  /// To the version that its members are not of.
  private func update() async throws {
    let guests: ListView<GuestView> = try await daemon.client.get(Routes.guests)
    let present = guests.items.first { $0.group == TrafficTrial.group }?.templateDigest
    guard versions.count > 1, let other = versions.first(where: { $0 != present }) else {
      throw Trouble("there is one version of the template alone")
    }
    try await daemon.covey(
      "group update \(TrafficTrial.group) --to \(other) --bake 1s --timeout 300s")
    try await daemon.settle(TrafficTrial.group)
  }

  /// Kills a member's machine, and watches when HAProxy and DNS know.
  private func killMember() async throws -> [Figure] {
    let guests: ListView<GuestView> = try await daemon.client.get(Routes.guests)
    let members = guests.items.filter { $0.group == TrafficTrial.group && $0.state == "serving" }
    guard let victim = members.last else { throw Trouble("there is no member to kill") }
    let machines = try ProcessTable.identifiers { words in
      words.contains(victim.uuid) && words.first?.contains("qemu") == true
    }
    guard let machine = machines.first else { throw Trouble("\(victim.name) has no QEMU") }
    let watch = AbsenceWatch(
      member: victim.name, address: victim.address, group: TrafficTrial.group,
      sockets: try adminSockets(),
      question: dns.map {
        NameQuestion(name: "\(TrafficTrial.group).covey", server: $0)
      })
    let figures = try await watch.times { kill(machine, SIGKILL) }
    try await Deadline.wait(for: "the killed member to be replaced", within: .seconds(120)) {
      let members = try await daemon.group(TrafficTrial.group).members ?? []
      return members.filter { $0.state == "serving" }.count == TrafficTrial.members
        && !members.contains { $0.name == victim.name && $0.state == "failed" }
    }
    return figures
  }

  /// The admin sockets of the daemon's balancers, wherever they lie below its folder for them.
  private func adminSockets() throws -> [String] {
    let root = "\(daemon.place.state)/balancers"
    return try FileManager.default.contentsOfDirectory(atPath: root).map {
      "\(root)/\($0)/admin.sock"
    }
    .filter { FileManager.default.fileExists(atPath: $0) }
  }
}
