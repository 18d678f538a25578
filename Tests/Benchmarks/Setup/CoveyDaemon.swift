import CoveyWire
import Foundation

/// The harness's own coveyd, and covey's command line talking to it.
final class CoveyDaemon: Sendable {
  let place: Place
  let client: CoveyClient
  private let binaries: String
  private let network: String
  private let running: Kept<Child>

  /// Starts it and waits until it answers.
  ///
  /// - Parameters:
  ///   - binaries: the folder of coveyd and covey.
  ///   - network: where its guests' loopback addresses begin.
  static func start(_ place: Place, binaries: String, network: String) async throws -> CoveyDaemon {
    let daemon = try CoveyDaemon(place, binaries, network)
    try await daemon.awaitAnswer()
    return daemon
  }

  private func awaitAnswer() async throws {
    try await Deadline.wait(for: "coveyd to answer", within: .seconds(60)) {
      guard child.isRunning else { throw Trouble("coveyd: \(child.lastWords)") }
      // Not yet listening; the deadline bounds it.
      return (try? await client.get(Routes.groups, as: ListView<GroupView>.self)) != nil
    }
  }

  /// Kills it as nothing else would, and starts it again; returns when it answers.
  func crash() async throws {
    child.send(SIGKILL)
    await child.end()
    running.value = try Self.child(place, binaries, network)
    try await awaitAnswer()
  }

  /// Holds it still while a body runs: it sees and mends nothing.
  func paused<Value>(_ body: () async throws -> Value) async throws -> Value {
    child.send(SIGSTOP)
    defer { child.send(SIGCONT) }
    return try await body()
  }

  private var child: Child { running.value }

  private init(_ place: Place, _ binaries: String, _ network: String) throws {
    (self.place, self.binaries, self.network) = (place, binaries, network)
    client = CoveyClient(socket: place.socket)
    running = Kept(try Self.child(place, binaries, network))
  }

  private static func child(_ place: Place, _ binaries: String, _ network: String) throws -> Child {
    try Child(
      [
        "\(binaries)/coveyd", "--state", place.state, "--socket", place.socket,
        "--network", network, "--log-level", "warning",
      ], log: "\(place.folder)/coveyd.log")
  }

  /// Guests run on; inside the enclosure they end with it.
  func stop() async { await child.end() }

  /// The end of its own log, without what libvirt says to it.
  var lastWords: String {
    child.lastWords.split(separator: "\n").filter { $0.contains(" coveyd: ") }
      .joined(separator: "\n")
  }

  /// Runs a command of covey's to its end.
  ///
  /// - Parameter input: what it reads from its standard input.
  @discardableResult func covey(_ line: String, typing input: String = "") async throws -> String {
    let words = line.split(separator: " ").map(String.init)
    return try await Tool.run(
      ["\(binaries)/covey"] + words, environment: ["COVEY_SOCKET": place.socket], input: input)
  }

  func group(_ name: String) async throws -> GroupView {
    try await client.get("\(Routes.groups)/\(name)", as: InfoView<GroupView>.self).item
  }

  func template(_ name: String) async throws -> TemplateView {
    try await client.get("\(Routes.templates)/\(name)", as: InfoView<TemplateView>.self).item
  }

  /// Makes the template warm, unless it is so already; a fork that failed may have spoilt it.
  func warm(_ name: String) async throws {
    let sets = try await template(name).warm ?? []
    if sets.contains(where: { $0.state == "ready" }) { return }
    try await covey("template warm \(name) --timeout 300s")
  }

  /// Newest first.
  func rounds(of group: String) async throws -> [RoundView] {
    let path = "\(Routes.groups)/\(group)/rounds"
    return try await client.get(path, ["limit": "200"], as: ListView<RoundView>.self).items
  }

  /// All that happened to a guest, oldest first.
  ///
  /// - Parameter revision: only what came after it.
  func events(of guest: String, after revision: Int) async throws -> [EventView] {
    var (found, after): ([EventView], Int) = ([], revision)
    while true {
      let query = ["after": "\(after)", "limit": "1000", "wait": "0"]
      let page = try await client.get(Routes.events, query, as: ListView<EventView>.self).items
      guard let last = page.last else { return found }
      found += page.filter { $0.subject == "guest \(guest)" }
      after = last.revision
    }
  }

  func revision() async throws -> Int {
    try await client.get(Routes.groups, as: ListView<GroupView>.self).revision
  }

  /// Waits until the group is settled with its standbys there, and nothing is under way.
  func settle(_ name: String, within span: Duration = .seconds(240)) async throws {
    try await Deadline.wait(for: "group \(name) to settle", within: span) {
      let group = try await group(name)
      let guests: ListView<GuestView> = try await client.get(Routes.guests)
      return group.settled && group.waiting == group.standby
        && guests.items.allSatisfy { $0.operation == nil }
    }
  }
}
