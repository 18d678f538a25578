import CoveyWire

/// Disks as tables, facts and sentences.
enum DiskText {
  static func list(_ disks: [DiskView], _ style: Style) -> String {
    guard !disks.isEmpty else { return "no disks; they come with guests: covey launch\n" }
    var table = Table("GUEST", "DISK", "MODE", ">SIZE", ">USED", ">SNAPSHOTS", "POOL", "TEMPLATE")
    for disk in disks {
      table.add(
        .init(disk.guest), .init(disk.disk), .init(disk.mode),
        .init(disk.size.map(Units.bytes) ?? "-"), .init(Units.bytes(disk.used)),
        .init("\(disk.snapshots)"), .init(disk.pool ?? disk.folder),
        .init("\(disk.template) \(disk.templateDigest.prefix(12))"))
    }
    return table.text(style)
  }

  static func info(_ disk: DiskView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("guest", disk.guest)
    facts.add("disk", disk.disk)
    facts.add("mode", disk.mode)
    facts.add("size", disk.size.map(Units.bytes) ?? "its file is not there")
    facts.add("used", Units.bytes(disk.used))
    facts.add("pool", disk.pool)
    facts.add("folder", disk.folder)
    facts.add("template", "\(disk.template) \(disk.templateDigest.prefix(19))")
    return facts.text(style) + layers(disk.layers ?? [], style)
  }

  static func plan(_ move: MoveView) -> String {
    let files = Units.count(move.files, "file")
    return "would copy \(files), \(Units.bytes(move.bytes)), from \(move.from) to \(move.to), "
      + "in about \(Units.span(move.seconds)) at \(Units.bytes(move.rate))/s; "
      + "\(Units.bytes(move.free)) are free there\n"
  }

  private static func layers(_ layers: [DiskView.LayerView], _ style: Style) -> String {
    var table = Table(">LAYER", "ON", ">USED", "STATE", "FILE")
    for layer in layers {
      let state = layer.active ? "active" : layer.snapshot ?? "shared"
      table.add(
        .init("\(layer.number)"), .init(layer.below.map { "\($0)" } ?? "template"),
        .init(Units.bytes(layer.used)), .init(state), .init(layer.file))
    }
    return "\n" + table.text(style)
  }
}
