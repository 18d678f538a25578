import Covey

/// The configuration file of one group's HAProxy, rendered from values alone.
///
/// Members do not belong here: they come and go over the admin socket. Only a process that takes
/// over from an older one starts with the older one's members, so that no request meets it empty.
struct HAProxyConfiguration: Hashable, Sendable {
  /// Raise it with every change of the template: running processes of older revisions are then
  /// replaced when they are next opened.
  static let revision = 1

  /// How HAProxy treats every member; dynamic servers inherit no defaults, so it is said each time.
  ///
  /// Refused connections take a member out after about 1.5 s (one check a second, then every
  /// 250 ms). `pool-max-conn 0` keeps no idle connection, which would forbid `del server`.
  static let memberOptions =
    "check inter 1s fastinter 250ms downinter 500ms fall 3 rise 1 pool-max-conn 0"

  let frontend: Frontend
  let members: [BalancedMember]

  /// The name of the server that holds requests while no member is up: no member can have it, since names are in lower case.
  static let activatorName = "ACTIVATOR"

  /// - Throws: `.invalid` when the activator's path is none for a socket; when the health path is not an absolute path in URL characters, the
  ///   quote excepted, of at most 1024 bytes.
  init(_ frontend: Frontend, members: [BalancedMember] = []) throws {
    guard Self.isPath(frontend.healthPath) else {
      throw Problem(
        .invalid, subject: "balancer \(frontend.group)",
        "the health path \"\(frontend.healthPath)\" is not an absolute URL path",
        hint: "write it as in /health; percent-encode spaces, quotes and other characters")
    }
    if let activator = frontend.activator, !Self.isSocketPath(activator) {
      throw Problem(
        .invalid, subject: "balancer \(frontend.group)",
        "the socket's path \(activator), at which requests wait while the group sleeps, has a quote, a control "
          + "character, or more than \(BalancerFolder.longestSocketPath) bytes",
        hint: "use a shorter and plainer state folder (coveyd --state DIR), or min 1")
    }
    self.frontend = frontend
    self.members = members
  }

  /// What a running process says about itself in `show info`, to be adopted or replaced by.
  var identity: String {
    "covey/\(Self.revision) \(frontend.group) \(frontend.listen) \(frontend.healthPath)"
      + (frontend.activator == nil ? "" : " wakes")
  }

  /// The endpoint that a process with this identity listens on; nil when covey did not write it.
  static func endpoint(in identity: String) -> String? {
    let words = identity.split(separator: " ")
    guard [4, 5].contains(words.count), words[0].hasPrefix("covey/") else { return nil }
    return String(words[2])
  }

  var text: String {
    let group = frontend.group
    let activator = frontend.activator.map { path in
      "  server \(Self.activatorName) 'unix@\(path)' backup\n"
    }
    // A client that leaves while it is held is to be held no longer.
    let aborting = activator == nil ? "" : "  option abortonclose\n"
    let servers = members.map { "  server \($0.name) \($0.endpoint) \(Self.memberOptions)\n" }
    return """
      # Written by covey; changed by no hand. Members are added over admin.sock.
      global
        node \(group)
        description '\(identity)'
        log fd@3 format timed local0 notice
        stats socket unix@admin.sock mode 600 level admin expose-fd listeners
        stats timeout 10s
        pidfile haproxy.pid
        fd-hard-limit 16384
        nbthread 2
        hard-stop-after 90s

      defaults
        mode http
        log global
        option http-server-close
        option redispatch 1
        retries 3
        retry-on conn-failure
        timeout connect 2s
        timeout client 60s
        timeout server 60s
        timeout queue 30s
        timeout check 5s
        timeout http-request 10s
        timeout http-keep-alive 10s
        timeout tunnel 1h
      \(aborting)
      frontend \(group)
        bind \(frontend.listen)
        option forwardfor
        default_backend \(group)

      backend \(group)
        balance leastconn
        option httpchk
        http-check send meth GET uri '\(frontend.healthPath)'
        http-check expect status 200-399
      \(servers.joined())\(activator ?? "")
      """
  }

  private static func isSocketPath(_ text: String) -> Bool {
    text.hasPrefix("/") && text.utf8.count <= BalancerFolder.longestSocketPath
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "'") }
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
}
