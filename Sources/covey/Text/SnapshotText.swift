import CoveyWire

/// Snapshots as a tree and as sentences.
enum SnapshotText {
  /// One line for each snapshot, each under the one that it went on from, and one for the present state.
  static func tree(_ list: SnapshotListView, of guest: String, _ style: Style) -> String {
    guard !list.items.isEmpty else {
      return "no snapshots of \(guest); take one with: covey snapshot create \(guest)\n"
    }
    var table = Table("NAME", "TAKEN", "CONSISTENCY", ">SIZE", ">MEMORY", "NOTE")
    for line in lines(list) {
      guard let snapshot = line.snapshot else {
        table.add(
          Table.Cell(line.stem + "(now)"), "", "", Table.Cell(Units.bytes(list.unsaved)), "", "")
        continue
      }
      table.add(
        Table.Cell(line.stem + snapshot.name), Table.Cell(Moment.full(snapshot.created)),
        Table.Cell(snapshot.consistency), Table.Cell(Units.bytes(snapshot.size)),
        Table.Cell(snapshot.memory.map(Units.bytes) ?? "-"), Table.Cell(snapshot.note ?? ""))
    }
    let shared =
      list.shared == 0 ? "" : "\(Units.bytes(list.shared)) more are shared by several of them\n"
    return table.text(style) + shared
  }

  static func taken(_ snapshot: SnapshotView, after done: OperationView) -> String {
    "snapshot \(snapshot.name) of \(snapshot.guest) taken after \(Units.span(done.elapsed)), "
      + "consistency: \(snapshot.consistency)\n"
  }

  static func restored(_ name: String, _ done: OperationView) -> String {
    let left = done.snapshot.map { "; what it had is kept as \($0)" } ?? ""
    return "\(done.subject) is back at \(name) after \(Units.span(done.elapsed))\(left)\n"
  }

  static func deleted(_ name: String, _ done: OperationView) -> String {
    "snapshot \(name) of \(done.subject) deleted after \(Units.span(done.elapsed))\n"
  }

  static func difference(_ difference: DifferenceView) -> String {
    "\(Units.bytes(difference.changed)) of \(Units.bytes(difference.disk)) changed "
      + "between \(difference.from) and \(difference.to ?? "now")\n"
  }

  /// A snapshot in its place in the tree; the present state has none.
  struct Line {
    let stem: String
    let snapshot: SnapshotView?
  }

  static func lines(_ list: SnapshotListView) -> [Line] {
    var lines: [Line] = []
    func add(below parent: String?, _ indent: String, isRoot: Bool) {
      var children: [SnapshotView?] = list.items.filter { $0.parent == parent }
      if list.items.first(where: \.current)?.name == parent { children.append(nil) }
      for (index, child) in children.enumerated() {
        let isLast = index == children.count - 1
        lines.append(Line(stem: isRoot ? "" : indent + (isLast ? "└─ " : "├─ "), snapshot: child))
        guard let child else { continue }
        add(below: child.name, isRoot ? "" : indent + (isLast ? "   " : "│  "), isRoot: false)
      }
    }
    add(below: nil, "", isRoot: true)
    return lines
  }
}
