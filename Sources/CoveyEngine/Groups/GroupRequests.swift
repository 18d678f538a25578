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
      try settings.spec(defaultPort: defaultPort(settings, inventory))
    }
    guard let group = try decided(.create(spec), on: name, in: inventory) else { return }
    if let frontend = frontend(of: group, in: inventory) {
      try await ports.balancer.open(frontend)
    }
    do {
      try await ledger.request(.create(spec), on: name)
    } catch {
      // Another request was faster, or the store is full: what is recorded counts.
      try await restoreBalancer(of: name)
      throw error
    }
  }

  private func frontend(of group: Group, in inventory: Inventory) -> Frontend? {
    group.frontend(in: inventory, activator: ports.activator.path(of: group.name))
  }

  private func restoreBalancer(of name: Name) async throws {
    let inventory = await ledger.inventory
    guard let group = inventory.groups[name], let frontend = frontend(of: group, in: inventory)
    else {
      return try await ports.balancer.close(name)
    }
    try await ports.balancer.open(frontend)
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
    let (older, newer) = (frontend(of: group, in: inventory), frontend(of: changed, in: inventory))
    if let newer, newer != older { try await ports.balancer.open(newer) }
    do {
      let unchanged = try await ledger.request(.set(spec), on: name)
      // From now on its members are reached by DNS alone.
      if newer == nil, older != nil { try await ports.balancer.close(name) }
      if spec.port != group.spec.port, newer != nil {
        try await moveMembers(of: name, to: spec.port)
      }
      return unchanged
    } catch {
      try await restoreBalancer(of: name)
      throw error
    }
  }

  /// Members that serve go on at their other port; those on their way come in at it.
  private func moveMembers(of name: Name, to port: Int) async throws {
    for member in await ledger.inventory.members(of: name) where member.state == .serving {
      guard let endpoint = member.endpoint(of: port) else { continue }
      try await ports.balancer.enter(
        BalancedMember(name: member.name, endpoint: endpoint), in: name)
    }
  }

  /// A group as a document wants it, beside what it was.
  public struct Change: Sendable {
    public let name: Name
    /// Nil for a group that is new.
    public let old: GroupSpec?
    public let new: GroupSpec
  }

  /// Makes groups as documents want them, or only says what that would change.
  ///
  /// All are judged, each in the light of those before it, before the first is changed.
  public func apply(_ documents: [GroupDocument], dryRun: Bool) async throws -> [Change] {
    var inventory = await ledger.inventory
    var changes: [Change] = []
    for document in documents {
      let change = try judge(document, in: inventory)
      let request = change.old == nil ? GroupRequest.create(change.new) : .set(change.new)
      if let group = try decided(request, on: document.name, in: inventory) {
        if change.old?.listen != change.new.listen,
          let frontend = frontend(of: group, in: inventory)
        {
          try await ports.balancer.preflight(frontend)
        }
        inventory.groups[document.name] = group
      }
      changes.append(change)
    }
    guard !dryRun else { return changes }
    for (document, change) in zip(documents, changes) {
      if change.old == nil {
        try await create(document.name, document.settings)
      } else {
        _ = try await set(document.name, document.settings)
      }
    }
    return changes
  }

  private func judge(_ document: GroupDocument, in inventory: Inventory) throws -> Change {
    let old = inventory.groups[document.name]?.spec
    let spec = try requiring { () throws(Refusal) in
      if let old { return try document.settings.spec(changing: old) }
      return try document.settings.spec(defaultPort: defaultPort(document.settings, inventory))
    }
    return Change(name: document.name, old: old, new: spec)
  }

  /// A group serves its template's first port unless it says otherwise.
  private func defaultPort(_ settings: GroupSettings, _ inventory: Inventory) throws(Refusal)
    -> Int?
  {
    guard let template = settings.template else { return nil }
    return try inventory.requireTemplate(template).ports.first
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
