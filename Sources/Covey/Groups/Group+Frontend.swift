extension Group {
  /// What the group's balancer should be: its listener, and the health path of its template.
  /// Nil where there is none: balance dns.
  public func frontend(in inventory: Inventory) -> Frontend? {
    guard let listen = spec.listen else { return nil }
    let path = inventory.template(spec.template)?.health.path ?? "/"
    return Frontend(group: name, listen: listen, healthPath: path)
  }
}
