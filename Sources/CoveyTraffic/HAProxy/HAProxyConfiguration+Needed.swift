import Covey

/// A line without which a configuration would not do what covey says of it: what it begins with, and words that come after.
/// What an owner's template writes beside them is the owner's.
struct NeededLine: Hashable, Sendable, CustomStringConvertible {
  let beginning: String
  let words: [String]

  init(_ beginning: String, with words: [String] = []) {
    self.beginning = Self.plain(beginning)
    self.words = words.map(Self.plain)
  }

  var description: String { ([beginning] + words).joined(separator: " ... ") }

  /// - Parameter line: with single spaces.
  func isMet(by line: String) -> Bool {
    (line == beginning || line.hasPrefix(beginning + " "))
      && words.allSatisfy { " \(line) ".contains(" \($0) ") }
  }

  /// As HAProxy reads it: spaces between words do not count.
  static func plain(_ line: some StringProtocol) -> String {
    line.split(separator: " ").joined(separator: " ")
  }
}

extension HAProxyConfiguration {
  /// - Throws: `.invalid` with the first line that the template leaves out, of those by which covey finds, mends and replaces
  ///   the process, and of those that carry what a group asks for: routes, members, TLS, checks, cookies, its door.
  func checkNeeded(_ template: HAProxyTemplate, _ values: ConfigurationValues, _ members: Members)
    throws
  {
    let lines = text.split(whereSeparator: \.isNewline).map(NeededLine.plain)
    let needed = own + values.neededLines(members)
    guard let missing = needed.first(where: { line in !lines.contains(where: line.isMet) }) else {
      return
    }
    throw Problem(
      .invalid, subject: template.subject,
      "the HAProxy template \(template.subject) leaves out a line that covey needs: \(missing)",
      hint: "compare it with covey's own: docs/traffic.md")
  }

  /// Without these covey could not find, mend or replace the process.
  private var own: [NeededLine] {
    [
      NeededLine("description '\(identity)'"),
      NeededLine("stats socket unix@admin.sock mode 600 level admin expose-fd listeners"),
      NeededLine("mode \(listener.mode.rawValue)"),
    ]
  }
}

extension ConfigurationValues {
  func neededLines(_ members: HAProxyConfiguration.Members) -> [NeededLine] {
    let certificates = listener.frontends.filter { $0.certificate != nil }.map {
      "crt \(BalancerFolder.certificate(of: $0.group))"
    }
    let bind = NeededLine("bind \(place)", with: (listener.hasTLS ? ["ssl"] : []) + certificates)
    let routes = routes.map { NeededLine("use_backend \($0.group) if \($0.condition)") }
    return [bind] + routes + [NeededLine("default_backend \(fallback)")]
      + (isRouted ? [NeededLine("backend \(fallback)")] : [])
      + listener.frontends.flatMap { lines(of: $0, members[$0.group] ?? []) }
  }

  private func lines(of frontend: Frontend, _ members: [RunningServer]) -> [NeededLine] {
    var lines = [NeededLine("backend \(frontend.group)")]
    lines += members.map { NeededLine("server \(server($0, in: frontend))") }
    if let door = doorServer(of: frontend) { lines.append(NeededLine("server \(door)")) }
    if case .http(let path) = frontend.check {
      lines.append(NeededLine("http-check send", with: ["uri '\(path)'"]))
    }
    if let cookie = cookie(of: frontend) {
      lines += [
        NeededLine("cookie \(cookie)", with: ["dynamic"]), NeededLine("dynamic-cookie-key \(key)"),
      ]
    }
    if remembersClients { lines.append(NeededLine("stick on src")) }
    return lines
  }
}
