extension Group {
  /// What the group's balancer should be: its listener, and the health path of its template.
  /// Nil where there is none: balance dns.
  public func frontend(in inventory: Inventory) -> Frontend? {
    guard let listen = spec.listen else { return nil }
    // While versions change, the one that serves already says what is asked.
    let health = (version.flatMap { inventory.templates[$0] } ?? inventory.template(spec.template))?
      .health
    return Frontend(
      group: name, listen: listen, healthPath: health?.path ?? "/",
      healthKind: health?.kind ?? .http)
  }
}
