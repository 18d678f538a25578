extension Group {
  /// What the group's balancer should be: its listener, and the health path of its template.
  public func frontend(in inventory: Inventory) -> Frontend {
    let path = inventory.template(spec.template)?.health.path ?? "/"
    return Frontend(group: name, listen: spec.listen, healthPath: path)
  }
}
