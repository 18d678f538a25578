import Covey
import NIOCore
import NIOPosix

/// Adds, drains and removes the members of one backend at run time, over the admin socket of the HAProxy that has it.
struct BackendControl: Sendable {
  /// How long `leave` insists while HAProxy says that the member is still in use.
  static let removalPatience = Duration.seconds(5)

  let socket: RuntimeSocket
  let frontend: Frontend
  /// By which sticky cookies are made; nil where the members have none.
  let cookieKey: String?
  /// What follows a member's name where the HAProxy is somebody else's.
  let mark: ServerMark

  init(_ socket: RuntimeSocket, _ frontend: Frontend, cookieKey: String?, mark: ServerMark = .none)
  {
    self.socket = socket
    self.frontend = frontend
    self.cookieKey = cookieKey
    self.mark = mark
  }

  private var group: Name { frontend.group }

  private func place(_ member: Name) -> ServerPlace {
    ServerPlace(backend: group, server: mark.server(of: member))
  }

  /// What `enter` could not do at run time.
  enum Entry: Sendable {
    case done
    /// HAProxy takes the member's own words as percent of the weight it began with, and that is another one.
    case beganWithAnotherWeight
  }

  /// Adds the member and sends it traffic from the next request on.
  ///
  /// Covey has just probed it, so it counts as healthy until three checks in a row fail. A member
  /// that is there and draining is made ready again; one that is there with another address is
  /// removed first, with what connections it has.
  ///
  /// - Throws: `.unavailable` when HAProxy does not answer; `.internal` when it refuses.
  func enter(_ member: BalancedMember) async throws -> Entry {
    let add = RuntimeCommand.add(
      place(member.name), options: ServerOptions.of(member, in: frontend))
    if try await socket.ask(add) != Self.registered {
      // Refused, most likely because it is there.
      let present = try await server(member.name)
      if let present, present.isSamePlace(as: member) { return try await keep(present, member) }
      if present != nil { try await remove(member.name) }
      try await perform([add])
    }
    try await perform(cookies + serving(member))
    return .done
  }

  /// HAProxy's answer to a member that is new to it.
  private static let registered = "New server registered."

  /// Its checks come last: the first one should not meet the first request in the member.
  private func serving(_ member: BalancedMember) -> [RuntimeCommand] {
    let place = place(member.name)
    var commands = [RuntimeCommand.set(.ready, place)]
    if frontend.check != .none {
      commands += [.trustHealth(place, isUp: true), .enableHealth(place)]
    }
    return commands + (member.report == nil ? [] : [.enableAgent(place)])
  }

  private var cookies: [RuntimeCommand] {
    cookieKey.map { [.setCookieKey($0, of: group)] } ?? []
  }

  private func keep(_ present: RunningServer, _ member: BalancedMember) async throws -> Entry {
    let place = place(member.name)
    if member.report == nil, present.weight != member.weight {
      try await perform([.weigh(place, member.weight)])
    }
    // One that is down while its own words count is down by these, or will be found so.
    if !present.isReady || (!present.isUp && member.report == nil) {
      try await perform(serving(member))
    }
    return member.report != nil && present.member.weight != member.weight
      ? .beganWithAnotherWeight : .done
  }

  /// Sends the member no new request; those under way go on.
  ///
  /// It is not asked for its report any more, so that it cannot say `ready` against this. Where clients are sticky it goes
  /// into maintenance: HAProxy's drain would let them come back to it.
  ///
  /// Returns at once: statistics tell when its sessions have ended. Succeeds when the member is not there or gets nothing.
  ///
  /// - Throws: `.unavailable` when HAProxy runs but does not answer.
  func drain(_ member: Name) async throws {
    guard let present = try await server(member) else { return }
    let place = place(member)
    let agent: [RuntimeCommand] = present.member.report == nil ? [] : [.disableAgent(place)]
    let state = RuntimeCommand.set(frontend.isSticky ? .maint : .drain, place)
    try await perform(agent + (present.isInMaintenance ? [] : [state]))
  }

  /// Removes the member, cutting the connections it has left. Succeeds when it is not there.
  ///
  /// - Throws: `.unavailable` when HAProxy runs but does not answer; `.conflict` when after 5 s it
  ///   still says that the member is in use. The member gets no traffic then, and leaving may be
  ///   repeated.
  func remove(_ member: Name) async throws {
    guard let present = try await server(member) else { return }
    let place = place(member)
    let agent: [RuntimeCommand] = present.member.report == nil ? [] : [.disableAgent(place)]
    try await perform(agent + [.set(.maint, place)])
    let deadline = ContinuousClock.now + Self.removalPatience
    while true {
      try await perform([.endSessions(place)])
      let answer = try await socket.ask(.delete(place))
      if answer.hasPrefix("Server deleted") || answer.hasPrefix("No such server") { return }
      guard ContinuousClock.now < deadline else {
        throw Problem(
          .conflict, subject: "member \(member)", "HAProxy does not let it go: \(answer)",
          hint: "it gets no traffic; try again")
      }
      try await Pause.take(.milliseconds(10), "member \(member)")
    }
  }

  private func servers() async throws -> [RunningServer] {
    let answer = try await socket.ask(.showServers(of: group))
    return try TrafficTable.servers(of: group, in: answer, mark: mark)
  }

  /// Nil where this HAProxy does not know the group.
  func serversIfKnown() async throws -> [RunningServer]? {
    let answer = try await socket.ask(.showServers(of: group))
    if answer.hasPrefix("Can't find backend") { return nil }
    return try TrafficTable.servers(of: group, in: answer, mark: mark)
  }

  private func server(_ member: Name) async throws -> RunningServer? {
    try await servers().first { $0.member.name == member }
  }

  /// Makes the members of a process that took over what they were in the older one.
  func resume(_ servers: [RunningServer]) async throws {
    for server in servers {
      let place = place(server.member.name)
      var commands: [RuntimeCommand] = []
      // It began disabled, so that it got nothing meanwhile.
      if !server.isReady { commands.append(.set(frontend.isSticky ? .maint : .drain, place)) }
      if server.member.report != nil, !server.isAgentEnabled {
        commands.append(.disableAgent(place))
      }
      if server.isReady, !server.isUp, frontend.check != .none {
        commands.append(.trustHealth(place, isUp: false))
      }
      if !commands.isEmpty { try await perform(commands) }
    }
  }

  /// Sends commands whose success HAProxy answers with nothing, or says in a sentence.
  private func perform(_ commands: [RuntimeCommand]) async throws {
    guard !commands.isEmpty else { return }
    let answer = try await socket.ask(commands)
    let said = answer.split(whereSeparator: \.isNewline).filter { !$0.isEmpty }
    guard let refusal = said.first(where: { $0 != Self.registered }) else { return }
    let line = commands.map(\.text).joined(separator: "; ")
    throw Problem(
      .internal, subject: socket.subject, "HAProxy refuses \"\(line)\": \(refusal)",
      hint: "see the balancer's log, and try again")
  }
}

/// What tells covey's servers from others in somebody else's HAProxy: the beginning of this installation's identifier.
struct ServerMark: Hashable, Sendable {
  static let none = ServerMark(text: nil)

  let text: String?

  func server(of member: Name) -> String { member.text + (text.map { ".\($0)" } ?? "") }

  /// Nil for a server that is not this covey's.
  func member(of server: String) -> Name? {
    guard let text else { return try? Name(server) }
    guard server.hasSuffix(".\(text)") else { return nil }
    return try? Name(String(server.dropLast(text.count + 1)))
  }

  /// Whether another covey made the server.
  func isAnothers(_ server: String) -> Bool {
    let parts = server.split(separator: ".", omittingEmptySubsequences: false)
    guard let text, parts.count == 2, parts[1].count == text.count, parts[1] != text else {
      return false
    }
    return (try? Name(String(parts[0]))) != nil && parts[1].allSatisfy(\.isHexDigit)
  }
}

/// A wait that a cancelled task ends.
enum Pause {
  /// - Throws: `.cancelled`.
  static func take(_ span: Duration, _ subject: String) async throws {
    do {
      try await Task.sleep(for: span)
    } catch {
      throw Problem(.cancelled, subject: subject, "the wait for HAProxy was cancelled")
    }
  }

  /// Not even a cancelled task cuts this one short: for what cleans up.
  static func insist(_ span: Duration) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await loop.scheduleTask(in: .milliseconds(span.milliseconds)) {}.futureResult.get()
  }
}
