import Covey

/// The configuration file of one listener's HAProxy, rendered from values alone.
///
/// Members do not belong here: they come and go over the admin socket. Only a process that takes
/// over from an older one starts with the older one's members, so that no request meets it empty.
struct HAProxyConfiguration: Sendable {
  /// Raise it where running processes must be replaced although their text would be the same.
  static let revision = 2

  /// The name of the server that holds requests while no member is up: no member can have it, since names are in lower case.
  static let activatorName = "ACTIVATOR"

  /// The servers of an older process, by group.
  typealias Members = [Name: [RunningServer]]

  let listener: Listener
  /// What a running process says about itself in `show info`, to be adopted or replaced by.
  let identity: String
  let text: String

  /// - Parameters:
  ///   - key: by which sticky cookies are made; nobody outside may guess it.
  ///   - members: those of an older process, by group.
  ///   - namespace: the network namespace that it listens in; nil is covey's own.
  /// - Throws: `.invalid` when a health path is not an absolute path in URL characters, the quote excepted, of at most 1024
  ///   bytes, or when the template leaves out a line that covey needs.
  init(
    _ listener: Listener, key: String, template: HAProxyTemplate,
    members: Members = [:], namespace: String? = nil
  ) throws {
    self.listener = listener
    for frontend in listener.frontends {
      try Self.checkPath(of: frontend)
      try Self.checkDoor(template.door(of: frontend), of: frontend)
    }
    let values = ConfigurationValues(
      listener, key: key, namespace: namespace, door: template.door)
    // Its members do not make a process another one.
    let fingerprint = Self.fingerprint(template.render(values.all(identity: "", members: [:])))
    identity = "covey/\(Self.revision) \(listener.endpoint) \(fingerprint)"
    text = template.render(values.all(identity: identity, members: members))
    try checkNeeded(template, values, members)
  }

  /// The endpoint that a process with this identity listens on; nil when covey did not write it.
  static func endpoint(in identity: String) -> String? {
    let words = identity.split(separator: " ")
    guard words.count == 3, words[0].hasPrefix("covey/") else { return nil }
    return String(words[1])
  }

  private static func checkPath(of frontend: Frontend) throws {
    guard case .http(let path) = frontend.check, !isPath(path) else { return }
    throw Problem(
      .invalid, subject: "balancer \(frontend.group)",
      "the health path \"\(path)\" is not an absolute URL path",
      hint: "write it as in /health; percent-encode spaces, quotes and other characters")
  }

  private static func isSocketPath(_ text: String) -> Bool {
    text.hasPrefix("/") && text.utf8.count <= BalancerFolder.longestSocketPath
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "'") }
  }

  private static func checkDoor(_ path: String?, of frontend: Frontend) throws {
    guard let path, !isSocketPath(path) else { return }
    throw Problem(
      .invalid, subject: "balancer \(frontend.group)",
      "the socket's path \(path), at which requests wait while the group sleeps, has a quote, a control "
        + "character, or more than \(BalancerFolder.longestSocketPath) bytes",
      hint: "use a shorter and plainer state folder (coveyd --state DIR), or min 1")
  }

  /// Inside single quotes HAProxy interprets nothing but the quote itself.
  private static func isPath(_ text: String) -> Bool {
    guard text.hasPrefix("/"), text.utf8.count <= 1024 else { return false }
    let marks = Set("-._~!$&()*+,;=:@%/?".utf8)
    return text.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber) || marks.contains(byte)
    }
  }

  /// FNV-1a: tells texts apart that nobody made to look alike.
  private static func fingerprint(_ text: String) -> String {
    let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }
}

/// What the template's names stand for.
struct ConfigurationValues {
  let listener: Listener
  let key: String
  let namespace: String?
  /// Where the requests of a group wait that sleeps; nil for one that does not.
  let door: (Frontend) -> String?

  init(
    _ listener: Listener, key: String, namespace: String?, door: @escaping (Frontend) -> String?
  ) {
    self.door = door
    self.listener = listener
    self.key = key
    self.namespace = namespace
  }

  /// In a seat's namespace the address comes and goes: it is bound all the same.
  var place: String {
    "\(listener.endpoint)" + (namespace.map { " transparent namespace \($0)" } ?? "")
  }

  func all(identity: String, members: [Name: [RunningServer]]) -> [String: Any] {
    let isHTTP = listener.mode == .http
    return [
      "identity": identity, "mode": listener.mode.rawValue, "isHTTP": isHTTP,
      "endpoint": place, "hasTLS": listener.hasTLS,
      // Connections of TCP groups may be silent for long: terminals, databases.
      "idle": isHTTP ? "60s" : "1h",
      "certificates": listener.frontends.filter { $0.certificate != nil }.map {
        BalancerFolder.certificate(of: $0.group)
      },
      "remembersClients": remembersClients,
      "hasDoors": hasDoors,
      "routes": routes.map { ["group": $0.group.text, "condition": $0.condition] },
      "fallback": fallback, "isRouted": isRouted,
      "groups": listener.frontends.map { group($0, members[$0.group] ?? []) },
    ]
  }

  /// Whether requests of any group may be held.
  private var hasDoors: Bool { listener.frontends.contains { door($0) != nil } }

  var routes: [(group: Name, condition: String)] { listener.routes.flatMap(conditions) }

  /// The group that takes all requests.
  private var all: Name? {
    listener.routes.first { $0.host == nil && $0.path == nil }?.group
  }

  var isRouted: Bool { all == nil }
  /// Where requests go that no route takes.
  var fallback: String { all?.text ?? "UNROUTED" }

  /// Cookies need nothing remembered; in TCP it is the client's address.
  var remembersClients: Bool {
    listener.mode == .tcp && listener.frontends.contains(where: \.isSticky)
  }

  private func group(_ frontend: Frontend, _ members: [RunningServer]) -> [String: Any] {
    var values: [String: Any] = [
      "name": frontend.group.text, "key": key, "servers": members.map { server($0, in: frontend) },
    ]
    if case .http(let path) = frontend.check { values["checkedPath"] = path }
    if let door = doorServer(of: frontend) { values["door"] = door }
    values["isNeverHeld"] = hasDoors && door(frontend) == nil
    if let cookie = cookie(of: frontend) { values["cookie"] = cookie }
    return values
  }

  /// What follows the word `server` for a member.
  func server(_ server: RunningServer, in frontend: Frontend) -> String {
    let state = server.isReady ? "" : " disabled"
    return "\(server.member.name) \(ServerOptions.of(server.member, in: frontend))\(state)"
  }

  /// The same for what holds requests while the group sleeps; nil for a group that does not. A client that it held is not
  /// to come back to it once a member is up.
  func doorServer(of frontend: Frontend) -> String? {
    door(frontend).map { "\(HAProxyConfiguration.activatorName) 'unix@\($0)' backup non-stick" }
  }

  /// The name of the cookie by which clients are sticky; nil where they are not, or not by a cookie.
  func cookie(of frontend: Frontend) -> String? {
    listener.mode == .http && frontend.isSticky ? "covey-\(frontend.group)" : nil
  }

  /// Nothing for the group that takes all. A path covers itself and what is below it.
  private func conditions(_ route: Route) -> [(group: Name, condition: String)] {
    let host = route.host.map { "{ req.hdr(host),field(1,:),lower -m str \($0) }" }
    let paths = route.path.map { ["{ path -m str \($0) }", "{ path -m beg \($0)/ }"] } ?? []
    if paths.isEmpty { return host.map { [(route.group, $0)] } ?? [] }
    return paths.map { path in
      (route.group, [host, path].compactMap(\.self).joined(separator: " "))
    }
  }
}

/// How HAProxy treats a member; dynamic servers inherit no defaults, so it is said each time.
enum ServerOptions {
  /// Refused connections take a member out after about 1.5 s (one check a second, then every
  /// 250 ms).
  static let check = "check inter 1s fastinter 250ms downinter 500ms fall 3 rise 1"

  /// Address and options. `pool-max-conn 0` keeps no idle connection, which would forbid `del server`.
  static func of(_ member: BalancedMember, in frontend: Frontend) -> String {
    var words = ["\(member.endpoint)"]
    if frontend.check != .none {
      words.append(check)
      if let checked = member.checked {
        words.append("addr \(checked.address) port \(checked.port)")
      }
    }
    words.append("weight \(member.weight)")
    if frontend.slowStart > .zero {
      words.append("slowstart \(frontend.slowStart.milliseconds)ms")
    }
    if let report = member.report {
      words.append(
        "agent-check agent-addr \(report.address) agent-port \(report.port) agent-inter 1s")
    }
    return (words + ["pool-max-conn 0"]).joined(separator: " ")
  }
}
