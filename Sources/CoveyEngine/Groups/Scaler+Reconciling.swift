import Covey

/// What is asked of guests, so that a group is what it should be.
extension Scaler {
  /// Asks for whatever the group lacks; guests that are busy are left alone.
  ///
  /// One at a time for each group: two that saw the same gap would fill it twice.
  func reconcile(_ name: Name) async {
    guard reconciling.insert(name).inserted else {
      reconcilingAgain.insert(name)
      return
    }
    repeat {
      reconcilingAgain.remove(name)
      await carryOutSteps(of: name)
    } while reconcilingAgain.contains(name) && !Task.isCancelled
    reconciling.remove(name)
  }

  private func carryOutSteps(of name: Name) async {
    let (steps, signs) = await steps(of: name)
    for step in steps {
      if let member = step.retired { await explain(member, of: name, by: signs) }
      await attempting("reconciling") {
        switch step {
        case .launch(let request): try await launch(request, in: name)
        case .request(let guest, let request): _ = try await ledger.request(request, on: guest)
        }
      }
    }
  }

  /// Where somebody has to go, the members are asked what that would cost, and it is decided anew.
  private func steps(of name: Name) async -> ([GroupStep], MemberSigns) {
    let inventory = await ledger.inventory
    let members = inventory.members(of: name)
    var signs = await gauges.signs(of: members, in: name)
    guard let group = inventory.groups[name] else { return ([], signs) }
    let steps = group.reconcile(in: inventory, at: ports.time.now(), signs: signs)
    guard steps.contains(where: { $0.retired != nil }), group.spec.disk == .ephemeral else {
      return (steps, signs)
    }
    signs.costs = await costs(of: members, in: inventory)
    let latest = await ledger.inventory
    guard !signs.costs.isEmpty, let group = latest.groups[name] else { return (steps, signs) }
    return (group.reconcile(in: latest, at: ports.time.now(), signs: signs), signs)
  }

  private func costs(of members: [Guest], in inventory: Inventory) async -> [Name: Double] {
    let asked = members.compactMap { member -> (Name, Endpoint)? in
      guard member.state == .serving, inventory.operation(on: member.name) == nil,
        let endpoint = inventory.reportEndpoint(of: member)
      else { return nil }
      return (member.name, endpoint)
    }
    guard asked.count > 1 else { return [:] }
    return await ports.reports.ask(
      Dictionary(uniqueKeysWithValues: asked), within: ReportKeeper.longestAnswer
    ).compactMapValues(\.report?.cost)
  }

  /// Why a member goes stands among the rounds, after the one that made the group smaller.
  private func explain(_ member: Name, of name: Name, by signs: MemberSigns) async {
    let inventory = await ledger.inventory
    guard let group = inventory.groups[name], inventory.guests[member]?.state == .serving else {
      return
    }
    let reason = group.reasonToGo(member, by: signs)
    logger.info("\(reason)", metadata: ["group": "\(name)"])
    let seen = await observation(of: group, in: inventory, at: ports.time.now())
    await rounds.note(
      ScalingRound(
        at: ports.time.now(), cpu: seen.cpu, meanCPU: seen.meanCPU, serving: seen.serving,
        size: seen.size, desired: seen.desired, requestRate: seen.requestRate,
        verdict: Verdict(.stay, .leaving, reason)), of: name)
  }

  /// A launch that a rule refuses brakes the group like one that fails: asking again at once would change nothing.
  private func launch(_ request: LaunchRequest, in group: Name) async throws {
    do {
      _ = try await guests.launch(request)
    } catch let problem as Problem {
      logger.warning("no launch: \(problem)", metadata: ["group": "\(group)"])
      try await ledger.record([.launchRefused(group, problem)])
    }
  }

  func finishDeleting(_ group: Group) async {
    guard await ledger.inventory.members(of: group.name).isEmpty else { return }
    await attempting("deleting") {
      // Where others listen too, their next look serves what is left.
      if let listener = await ledger.inventory.listener(of: group.name),
        listener.without(group.name) == nil
      {
        try await ports.balancer.close(listener.endpoint)
      }
      try await ledger.record([.groupForgotten(group.name)])
      await gauges.forget(group.name)
    }
  }
}
