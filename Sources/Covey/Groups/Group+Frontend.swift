extension Group {
  /// What the group's balancer should be: its listener, and the health path of its template.
  /// Nil where there is none: balance dns.
  ///
  /// - `activator`: the socket that hears requests while the group sleeps; taken where it may sleep.
  public func frontend(in inventory: Inventory, activator: String? = nil) -> Frontend? {
    guard let listen = spec.listen else { return nil }
    let path = inventory.template(spec.template)?.health.path ?? "/"
    return Frontend(
      group: name, listen: listen, healthPath: path, activator: spec.min == 0 ? activator : nil)
  }
}
