import CoveyWire

/// Which fields of a group a change of its settings would alter. Pure.
enum GroupChanges {
  /// The plan in the words of `covey apply --dry-run`.
  static func plan(_ group: GroupView, _ settings: GroupSettingsBody) -> ApplyView {
    let fields = differences(group, settings)
    let change = ApplyView.Change(
      subject: "group \(group.name)", what: fields.isEmpty ? "unchanged" : "changed",
      fields: fields)
    return ApplyView(dryRun: true, changes: [change])
  }

  /// `max: 4 -> 6` for each field that is given and differs.
  static func differences(_ group: GroupView, _ settings: GroupSettingsBody) -> [String] {
    let new = settings
    let lines =
      [
        line("template", group.template, new.template), line("min", group.min, new.min),
        line("max", group.max, new.max), line("surge", group.surge, new.surge),
        line("standby", group.standby, new.standby),
        line("port", group.port, new.port), line("listen", group.listen, new.listen),
        line("cpus", group.cpus, new.cpus),
        line("memory", group.memory.map(Units.bytes), new.memory.map(bytes)),
        line("disk", group.disk, new.disk), line("cpuAbove", group.cpuAbove, new.cpuAbove),
        line("cpuBelow", group.cpuBelow, new.cpuBelow), time("for", group.for, new.for),
        time("cooldown", group.cooldown, new.cooldown),
        time("interval", group.interval, new.interval),
        time("drainWithin", group.drainWithin, new.drainWithin),
        time("readyWithin", group.readyWithin, new.readyWithin), time("idle", group.idle, new.idle),
      ] + traffic(group, new)
    return lines.compactMap { $0 }
  }

  private static func traffic(_ group: GroupView, _ new: GroupSettingsBody) -> [String?] {
    let none = "none"
    let words = { (hosts: [String]) in hosts.isEmpty ? none : hosts.joined(separator: " ") }
    let shown = { (text: String) in text.isEmpty ? none : text }
    return [
      line("balance", group.balance, new.balance), line("mode", group.mode, new.mode),
      line("hosts", group.hosts.map(words), new.hosts.map(words)),
      line("path", group.path ?? none, new.path.map(shown)),
      line("certificate", group.certificate ?? none, new.certificate.map(shown)),
      line("sticky", group.sticky, new.sticky), time("slowStart", group.slowStart, new.slowStart),
    ]
  }

  /// - Returns: nil where nothing is given or it is so already.
  private static func line<Value: Equatable>(_ field: String, _ old: Value?, _ new: Value?)
    -> String?
  {
    guard let new, new != old else { return nil }
    return "\(field): \(old.map { "\($0)" } ?? "template's") -> \(new)"
  }

  /// Spans are the same however they are written, such as `60s` and `1m`.
  private static func time(_ field: String, _ old: String?, _ new: String?) -> String? {
    guard let new, Span(argument: new) != old.flatMap(Span.init(argument:)) else { return nil }
    return line(field, old, new)
  }

  /// An amount in the words of the other; as it is written where it cannot be read, for the daemon to refuse.
  private static func bytes(_ text: String) -> String {
    Units.bytes(reading: text).map(Units.bytes) ?? text
  }
}
