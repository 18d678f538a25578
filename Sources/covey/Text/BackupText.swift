import CoveyWire

/// Backups as tables and sentences.
enum BackupText {
  static func list(_ backups: [BackupView], in folder: String, _ style: Style) -> String {
    guard !backups.isEmpty else {
      return "no backups in \(folder); make one with: covey backup create GUEST --to \(folder)\n"
    }
    var table = Table(
      "GUEST", ">ID", "TAKEN", "KIND", ">ON", ">SIZE", "CONSISTENCY", "TEMPLATE", "NOTE")
    for backup in backups {
      table.add(
        .init(backup.guest), .init("\(backup.id)"), .init(Moment.full(backup.taken)),
        .init(backup.kind), .init(backup.parent.map { "\($0)" } ?? "-"),
        .init(Units.bytes(backup.size)), .init(backup.consistency),
        .init("\(backup.template) \(backup.templateDigest.prefix(12))"), .init(backup.note ?? ""))
    }
    return table.text(style)
  }

  static func made(_ backup: BackupView, after operation: OperationView) -> String {
    let on = backup.parent.map { " on \($0)" } ?? ""
    let first =
      "backup \(backup.id) of \(backup.guest): \(backup.kind)\(on), \(Units.bytes(backup.size)), "
      + "\(backup.consistency), in \(Units.span(operation.elapsed)): \(backup.folder)/\(backup.file)\n"
    return first + (backup.reason.map { "  full, because \($0)\n" } ?? "")
  }

  static func verified(_ operation: OperationView) -> String {
    let words = operation.result?.remark ?? operation.status
    return "\(words), checked in \(Units.span(operation.elapsed))\n"
  }

  static func restored(_ guest: GuestView, from folder: String, after operation: OperationView)
    -> String
  {
    "\(guest.name) is \(guest.state), with the disk from \(folder), in \(Units.span(operation.elapsed))"
      + (guest.state == "stopped" ? "; start it with: covey start \(guest.name)" : "") + "\n"
  }

  static func pruned(_ done: BackupPruneView, in folder: String) -> String {
    guard !done.removed.isEmpty else {
      return
        "nothing to remove: every backup in \(folder) is kept, or one that is kept stands on it\n"
    }
    let ids = done.removed.map { "\($0.id)" }.joined(separator: ", ")
    return
      "\(done.dryRun ? "would remove" : "removed") \(Units.count(done.removed.count, "backup")) (\(ids)), "
      + "\(Units.bytes(done.freed)); \(Units.count(done.kept.count, "backup")) left\n"
  }
}
