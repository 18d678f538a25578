import Covey
import Logging

extension Workshop {
  /// Asks for a warm set of a template's newest version; returns at once.
  ///
  /// - Throws: `Problem` when a rule refuses.
  public func warm(_ request: WarmRequest) async throws -> Outcome {
    switch await decide(request) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason): return .unchanged(reason)
    case .proceed: return .began(add(.warm(request)))
    }
  }

  /// Forgets a template's warm sets and removes their files. Guests that run on them go on.
  ///
  /// - Returns: the sets that were removed.
  public func cool(_ name: Name) async throws -> [WarmSet] {
    let inventory = await ledger.inventory
    _ = try requiring { () throws(Refusal) in try inventory.requireTemplate(name) }
    let sets = inventory.warmSets(of: name)
    for set in sets { try await remove(set) }
    return sets
  }

  /// A template that was warm stays so in its newest version, in all sizes.
  func keepWarm(_ sets: [WarmSet]) async {
    await removeSuperseded()
    let sizes = Set(sets.map(\.machine)).sorted { ($0.memory, $0.cpus) < ($1.memory, $1.cpus) }
    guard let template = sets.first?.template else { return }
    for size in sizes {
      let request = WarmRequest(template: template, cpus: size.cpus, memory: size.memory)
      await attempting { _ = try await self.warm(request) }
    }
  }

  func removeSuperseded() async {
    for set in await ledger.inventory.supersededWarmSets {
      await attempting { try await self.remove(set) }
    }
  }

  func warm(_ request: WarmRequest, job id: Operation.Identifier) async throws -> WarmSet? {
    switch await decide(request) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason):
      change(id) { $0.stage = reason }
      return nil
    case .proceed(let plan):
      let set = try await telling(id) { [ports] tell in
        try await Warming(ports: ports).run(plan, report: tell)
      }
      try await keep(set)
      return set
    }
  }

  /// A template that was deleted meanwhile needs no warm set; those that the new one replaces go.
  private func keep(_ set: WarmSet) async throws {
    let inventory = await ledger.inventory
    guard inventory.templates[set.templateDigest] != nil else {
      try await ports.warmth.remove(set)
      throw Problem(
        .notFound, subject: "template \(set.template)",
        "template \"\(set.template)\" was deleted while it was being made warm", hint: "")
    }
    try await ledger.record([.templateWarmed(set)])
    guard await ledger.inventory.warmSets[set.id] != nil else {
      return try await ports.warmth.remove(set)
    }
    await removeSuperseded()
  }

  private func remove(_ set: WarmSet) async throws {
    try await ledger.record([.templateCooled(id: set.id, name: set.template)])
    try await ports.warmth.remove(set)
  }

  private func decide(_ request: WarmRequest) async -> Decision<WarmRequest.Plan> {
    await request.decide(
      in: ledger.inventory,
      with: LaunchFacts(
        uuid: identifiers.uuid(), pool: guests.pool,
        lowestBindablePort: guests.lowestBindablePort, now: ports.time.now()))
  }

  /// What an earlier daemon made may have been altered, or QEMU replaced: better known before a guest is wanted.
  func checkWarmSets() async {
    let inventory = await ledger.inventory
    for set in inventory.warmSets.values where set.refusal == nil {
      guard let template = inventory.templates[set.templateDigest] else { continue }
      do { try await ports.warmth.verify(set, of: template) } catch let problem as Problem
        where [.altered, .outdated].contains(problem.code)
      {
        await attempting { try await self.ledger.record([.warmSetRefused(id: set.id, problem)]) }
      } catch {
        // It could not be looked at now; each fork looks again.
        logger.warning("warm set not checked: \(error)")
      }
      if Task.isCancelled { return }
    }
  }

  /// A set that was refused is made anew, once; a template that cannot be made warm any more stays cold. Its files go
  /// first, since the new set needs as much room; its record stays until then and says why.
  func replaceRefused() async {
    for set in await ledger.inventory.warmSets.values {
      guard let problem = set.refusal, replaced.insert(set.id).inserted else { continue }
      let request = WarmRequest(
        template: set.template, cpus: set.machine.cpus, memory: set.machine.memory)
      let isWhole = ![.altered, .outdated, .notFound].contains(problem.code)
      if isWhole, !givenUp.insert(request).inserted { continue }
      logger.notice(
        "making a new warm set: \(problem.message)", metadata: ["template": "\(set.template)"])
      await attempting {
        try await self.ports.warmth.remove(set)
        _ = try await self.warm(request)
      }
    }
  }
}
