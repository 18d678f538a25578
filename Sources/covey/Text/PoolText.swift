import CoveyWire

/// Pools as a table and facts.
enum PoolText {
  static func list(_ pools: [PoolView], _ style: Style) -> String {
    var table = Table(
      "NAME", "KEEPER", ">CAPACITY", ">FREE", ">USED", ">PROVISIONED", ">DISKS", "PATH")
    for pool in pools {
      table.add(
        .init(pool.name), .init(pool.keeper), .init(pool.capacity.map(Units.bytes) ?? "-"),
        .init(pool.free.map(Units.bytes) ?? "-"), .init(Units.bytes(pool.used)),
        .init(Units.bytes(pool.provisioned)), .init("\(pool.guests.count)"), .init(pool.path))
    }
    return table.text(style)
  }

  static func info(_ pool: PoolView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("name", pool.name)
    facts.add("path", pool.path)
    facts.add("keeper", pool.keeper)
    facts.add("capacity", pool.capacity.map(Units.bytes) ?? "not there")
    facts.add("free", pool.free.map(Units.bytes))
    facts.add("used by disks", Units.bytes(pool.used))
    facts.add("provisioned", Units.bytes(pool.provisioned))
    facts.add("guests", pool.guests.joined(separator: " "))
    return facts.text(style)
  }
}
