extension Inventory {
  /// Where a guest says how it is; nil where its template has no report port, or the guest is older than that.
  public func reportEndpoint(of guest: Guest) -> Endpoint? {
    templates[guest.templateDigest]?.reportPort.flatMap { guest.endpoint(of: $0) }
  }

  /// Where the members that get requests say how they are.
  public var reportEndpoints: [Name: Endpoint] {
    let members = guests.values.filter {
      $0.group != nil && ($0.state == .serving || $0.state == .draining)
    }
    return Dictionary(
      uniqueKeysWithValues: members.compactMap { member in
        reportEndpoint(of: member).map { (member.name, $0) }
      })
  }
}
