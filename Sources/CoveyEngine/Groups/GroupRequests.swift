import Covey

/// The entrance for what owners ask of groups: rules first, then the balancer, then the record.
///
/// A balancer that cannot be opened refuses the request, and nothing has changed.
public struct GroupRequests: Sendable {
  private let ledger: Ledger
  private let ports: Ports

  public init(ledger: Ledger, ports: Ports) {
    self.ledger = ledger
    self.ports = ports
  }

  /// - Throws: `Problem` with the rule's reason, or with the balancer's: `.inUse`, `.invalid`, `.unavailable`.
  public func create(_ name: Name, _ settings: GroupSettings) async throws {
    let inventory = await ledger.inventory
    let spec = try requiring { () throws(Refusal) in
      let port = try settings.template.map { name throws(Refusal) in
        try inventory.requireTemplate(name).ports.first
      }
      return try settings.spec(defaultPort: port ?? nil)
    }
    guard let group = try decided(.create(spec), on: name, in: inventory) else { return }
    try await ports.balancer.open(group.frontend(in: inventory))
    do {
      try await ledger.request(.create(spec), on: name)
    } catch {
      // Another request was faster, or the store is full: the listener must not stay.
      if await ledger.inventory.groups[name] == nil { try await ports.balancer.close(name) }
      throw error
    }
  }

  /// Changes the fields that are given.
  ///
  /// - Returns: nil when it was done, else why nothing had to change.
  public func set(_ name: Name, _ settings: GroupSettings) async throws -> String? {
    let inventory = await ledger.inventory
    let group = try requiring { () throws(Refusal) in try inventory.requireGroup(name) }
    let spec = try requiring { () throws(Refusal) in try settings.spec(changing: group.spec) }
    guard let changed = try decided(.set(spec), on: name, in: inventory) else {
      return "group \(name) is so already"
    }
    let frontend = changed.frontend(in: inventory)
    if frontend != group.frontend(in: inventory) { try await ports.balancer.open(frontend) }
    return try await ledger.request(.set(spec), on: name)
  }

  /// What a document would do, and does unless only a plan is asked for.
  ///
  /// - Returns: nil for a group that is created, else its old and new specification.
  public func apply(_ name: Name, _ settings: GroupSettings, dryRun: Bool) async throws
    -> (old: GroupSpec?, new: GroupSpec)
  {
    let inventory = await ledger.inventory
    let old = inventory.groups[name]?.spec
    let spec = try requiring { () throws(Refusal) in
      if let old { return try settings.spec(changing: old) }
      let port = try settings.template.map { name throws(Refusal) in
        try inventory.requireTemplate(name).ports.first
      }
      return try settings.spec(defaultPort: port ?? nil)
    }
    _ = try decided(old == nil ? .create(spec) : .set(spec), on: name, in: inventory)
    if !dryRun {
      if old == nil { try await create(name, settings) } else { _ = try await set(name, settings) }
    }
    return (old, spec)
  }

  /// The group as a request would make it; nil when nothing has to change. Changes nothing.
  private func decided(_ request: GroupRequest, on name: Name, in inventory: Inventory) throws
    -> Group?
  {
    switch request.decide(name, in: inventory, at: ports.time.now()) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore: return nil
    case .proceed(let events):
      var next = inventory
      for event in events {
        next.apply(LoggedEvent(revision: next.revision, at: ports.time.now(), event: event))
      }
      return next.groups[name]
    }
  }
}
