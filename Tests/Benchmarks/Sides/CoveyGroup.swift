import CoveyWire
import Foundation

/// A group behind its balancer that is scaled by hand, from one member up and back.
///
/// With a standby it is the side `standby`, without one the side `fork`.
struct CoveyGroup: Side {
  let daemon: CoveyDaemon
  let name: String
  let template: String
  let endpoint: Endpoint
  let standby: Int

  var kind: SideKind { standby > 0 ? .standby : .fork }

  /// Makes the group with one member.
  ///
  /// - Parameters:
  ///   - number: a number of its own, for its listener.
  ///   - memory: such as `1GiB`; nil takes the template's.
  static func make(
    _ name: String, of template: String, number: Int, standby: Int = 0, memory: String? = nil,
    extra: String = "--cpu-above 95 --cpu-below 1 --for 1h", largest: Int = 10,
    by daemon: CoveyDaemon
  ) async throws -> CoveyGroup {
    let group = CoveyGroup(
      daemon: daemon, name: name, template: template,
      endpoint: Endpoint(address: "127.117.0.\(number)", port: 8080),
      standby: standby)
    let size = memory.map { " --memory \($0)" } ?? ""
    try await daemon.covey(
      "group create \(name) --template \(template) --min 1 --max \(largest) --port 80 "
        + "--listen \(group.endpoint.text) --disk ephemeral --standby \(standby)\(size) \(extra) "
        + "--timeout 300s")
    try await daemon.settle(name)
    return group
  }

  func prepare() async throws {
    try await daemon.warm(template)
    try await daemon.settle(name)
  }

  func start() async throws -> Start {
    let revision = try await daemon.revision()
    let called = Date.now
    let (span, names) = try await grow(by: 1)
    let events = try await daemon.events(of: names.first ?? "", after: revision)
    let answered = called.addingTimeInterval(span.seconds)
    return Start(span: span, steps: ForkSteps.of(events, from: called, to: answered))
  }

  func end() async throws {
    try await daemon.covey("group scale \(name) 1 --timeout 240s")
    try await daemon.settle(name)
  }

  /// `covey group scale`, and the first page of each new member.
  func grow(by count: Int) async throws -> (span: Duration, names: [String]) {
    let known = Set(
      (try await daemon.group(name).members ?? []).filter { $0.state == "serving" }
        .map(\.name))
    let folder = endpoint.text.replacing(":", with: "-")
    let probe = MemberProbe(
      group: name, endpoint: endpoint,
      adminSocket: "\(daemon.place.state)/balancers/\(folder)/admin.sock", known: known,
      count: count, within: .seconds(240))
    let line = "group scale \(name) \(known.count + count) --timeout 240s"
    let names = Kept<[String]>([])
    let start = try await Clock.time {
      try await daemon.covey(line)
    } until: {
      let found = try await probe.all()
      names.value = found.names
      return found.at
    }
    try await check(names.value)
    return (start.span, names.value)
  }

  /// A fork that failed boots instead, and a standby that is not ready is forked: those are other sides.
  func check(_ names: [String]) async throws {
    for member in try await daemon.group(name).members ?? [] where names.contains(member.name) {
      guard member.start == kind.rawValue else {
        throw Trouble(
          "\(member.name) came by \(member.start ?? "nothing"), not by \(kind.rawValue)")
      }
    }
  }

  func remove() async throws { try await daemon.covey("group delete \(name) --timeout 240s") }
}
