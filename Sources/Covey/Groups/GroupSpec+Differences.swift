extension GroupSpec {
  /// The fields in which a newer specification differs, as `min: 1 -> 2`, in the order of the document's keys.
  public func differences(from new: GroupSpec) -> [String] {
    zip(fields, new.fields).filter { $0.1 != $1.1 }.map { "\($0.0): \($0.1) -> \($1.1)" }
  }

  /// Whether both make the same of a launch.
  func launchesLike(_ other: GroupSpec) -> Bool {
    template == other.template && cpus == other.cpus && memory == other.memory
      && disk == other.disk && readyWithin == other.readyWithin
  }

  private var fields: [(String, String)] {
    [
      ("template", template.text), ("min", "\(min)"), ("max", "\(max)"), ("surge", "\(surge)"),
      ("standby", "\(standby)"),
      ("port", "\(port)"), ("listen", listen.map { "\($0)" } ?? "none"),
      ("cpus", cpus.map { "\($0)" } ?? "template's"),
      ("memory", memory.map { "\($0)" } ?? "template's"), ("disk", disk.rawValue),
      ("cpuAbove", "\(policy.cpuAbove)"), ("cpuBelow", "\(policy.cpuBelow)"),
      ("for", policy.hold.text), ("cooldown", policy.cooldown.text), ("interval", interval.text),
      ("drainWithin", drainWithin.text), ("readyWithin", readyWithin?.text ?? "template's"),
      ("idle", idle.text),
    ] + traffic.fields
  }
}

extension Traffic {
  fileprivate var fields: [(String, String)] {
    [
      ("balance", balance.rawValue), ("mode", mode.rawValue),
      ("hosts", hosts.isEmpty ? "all" : hosts.map(\.text).joined(separator: " ")),
      ("path", path?.text ?? "all"), ("certificate", certificate ?? "none"),
      ("sticky", "\(isSticky)"), ("slowStart", slowStart.text),
    ]
  }
}
