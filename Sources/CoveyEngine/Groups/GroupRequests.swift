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
    guard let next = try decided(.create(spec), on: name, in: inventory) else { return }
    if let listener = next.listener(of: name) { try await openAsWanted(listener) }
    do {
      try await ledger.request(.create(spec), on: name)
    } catch {
      // Another request was faster, or the store is full: what is recorded counts.
      if let listen = spec.listen { try await settle(listen) }
      throw error
    }
  }

  private func openAsWanted(_ listener: Listener) async throws {
    try await ports.balancer.preflight(listener)
    try await ports.balancer.open(listener)
  }

  /// Makes what is served there as the inventory has it now.
  private func settle(_ endpoint: Endpoint) async throws {
    guard let listener = await ledger.inventory.listener(at: endpoint) else {
      return try await ports.balancer.close(endpoint)
    }
    try await ports.balancer.open(listener)
  }

  /// How often a change is made of what is there, where others change the same group meanwhile.
  static let tries = 5

  /// Changes the fields that are given, and no other: where another request was faster, this one is made anew of what that
  /// left.
  ///
  /// - Returns: nil when it was done, else why nothing had to change.
  public func set(_ name: Name, _ settings: GroupSettings) async throws -> String? {
    for _ in 1..<Self.tries {
      let before = await ledger.inventory.groups[name]?.spec
      do { return try await change(name, settings) } catch let problem as Problem
        where problem.code == .conflict
      {
        guard await ledger.inventory.groups[name]?.spec != before else { throw problem }
      }
    }
    return try await change(name, settings)
  }

  private func change(_ name: Name, _ settings: GroupSettings) async throws -> String? {
    let inventory = await ledger.inventory
    let group = try requiring { () throws(Refusal) in try inventory.requireGroup(name) }
    let spec = try requiring { () throws(Refusal) in try settings.spec(changing: group.spec) }
    guard let next = try decided(.set(spec, from: group.spec), on: name, in: inventory) else {
      return "group \(name) is so already"
    }
    let moves = spec.listen != group.spec.listen
    let isServed = next.listener(of: name) == inventory.listener(of: name)
    let unchanged: String?
    do {
      if !isServed, let listener = next.listener(of: name) { try await openAsWanted(listener) }
      // Where clients come next, members wait already.
      if moves { try await enterMembers(of: name, in: next) }
      unchanged = try await ledger.request(.set(spec, from: group.spec), on: name)
      if spec.port != group.spec.port {
        try await enterMembers(of: name, in: ledger.inventory)
      }
    } catch {
      for listen in Set([group.spec.listen, spec.listen].compactMap(\.self)) where !isServed {
        try await settle(listen)
      }
      throw error
    }
    if moves, let old = group.spec.listen { try await settle(old) }
    return unchanged
  }

  /// Members that serve go on as an inventory has them; those on their way come in so.
  private func enterMembers(of name: Name, in inventory: Inventory) async throws {
    guard let frontend = inventory.groups[name]?.frontend(in: inventory) else { return }
    for guest in inventory.members(of: name) where guest.state == .serving {
      guard let member = inventory.balanced(guest) else { continue }
      try await ports.balancer.enter(member, in: frontend)
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
      let request =
        change.old.map { GroupRequest.set(change.new, from: $0) } ?? .create(change.new)
      if let next = try decided(request, on: document.name, in: inventory) {
        let listener = next.listener(of: document.name)
        if let listener, listener != inventory.listener(of: document.name) {
          try await ports.balancer.preflight(listener)
        }
        inventory = next
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

  /// The inventory as a request would make it; nil when nothing has to change. Changes nothing.
  private func decided(_ request: GroupRequest, on name: Name, in inventory: Inventory) throws
    -> Inventory?
  {
    switch request.decide(name, in: inventory, at: ports.time.now()) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore: return nil
    case .proceed(let events):
      var next = inventory
      for event in events {
        next.apply(LoggedEvent(revision: next.revision, at: ports.time.now(), event: event))
      }
      return next
    }
  }
}
