extension Guest {
  /// How long a guest may take to power off before its machine is ended.
  public static let stopWithin: Duration = .seconds(20)

  /// Decides what a request means for this guest. Pure: no clock, no store, no hypervisor.
  ///
  /// Order of checks: already so (ignored), an operation under way, membership of a group, then the plan. A forced
  /// delete passes all of them: it always ends.
  public func decide(_ request: GuestRequest, in inventory: Inventory) -> Decision<Plan> {
    if let reason = isAlready(request) { return .ignore(reason) }
    if let running = inventory.operation(on: name), request != .delete(force: true) {
      if running.verb == request.verb { return .ignore("\(request.verb) is under way already") }
      return .refuse(.guestBusy(name, verb: running.verb))
    }
    return switch request {
    case .start: .proceed(startPlan(in: inventory))
    case .stop(let within, let force):
      group.map { .refuse(.memberOfGroup(name, group: $0, verb: "stop")) }
        ?? .proceed(Plan(ending(within, force), ending: .becomes(.stopped)))
    case .restart(let within): .proceed(restartPlan(within))
    case .delete(let force): .proceed(deletePlan(force))
    case .retire(let drainWithin, let stopWithin): .proceed(retirePlan(drainWithin, stopWithin))
    case .serve: servePlan()
    }
  }

  private func isAlready(_ request: GuestRequest) -> String? {
    switch (request, state) {
    case (.start, .running), (.start, .serving), (.start, .starting):
      "guest \(name) is \(state.rawValue) already"
    case (.stop, .stopped), (.stop, .defined): "guest \(name) is \(state.rawValue) already"
    case (.serve, .serving): "guest \(name) is serving already"
    default: nil
    }
  }

  private func startPlan(in inventory: Inventory) -> Plan {
    // A failed guest may still have a machine; ending it is harmless where there is none.
    let clearing: [GuestAction] = state == .failed || state == .unknown ? [.destroy] : []
    return Plan(clearing + [freshDisk, .define] + rising, ending: .becomes(awake))
  }

  private func restartPlan(_ within: Duration) -> Plan {
    Plan(
      leaving(.seconds(30)) + ending(within, false) + [freshDisk, .define] + rising,
      ending: .becomes(awake))
  }

  private func deletePlan(_ force: Bool) -> Plan {
    let leave: [GuestAction] =
      force ? (group == nil ? [] : [.leaveBalancer]) : leaving(.seconds(30))
    let end: [GuestAction] = force || !state.hasMachine ? [.destroy] : ending(.seconds(10), false)
    return Plan(leave + end + [.undefine, .removeDisk], ending: .forgotten)
  }

  private func retirePlan(_ drainWithin: Duration, _ stopWithin: Duration) -> Plan {
    let down = leaving(drainWithin) + ending(stopWithin, disk == .ephemeral)
    return disk == .persistent
      ? Plan(down, ending: .becomes(.stopped))
      : Plan(down + [.undefine, .removeDisk], ending: .forgotten)
  }

  private func servePlan() -> Decision<Plan> {
    guard state == .running || state == .starting else {
      return .refuse(.guestState(name, state, verb: "serve", hint: "start it first"))
    }
    let looking: [GuestAction] = [.exposePorts, .awaitHealth(within: health.within)]
    return .proceed(
      Plan(looking + (group == nil ? [] : [.enterBalancer]), ending: .becomes(awake)))
  }

  private var freshDisk: GuestAction { disk == .ephemeral ? .renewDisk : .createDisk }

  private var awake: GuestState { group == nil ? .running : .serving }

  private var rising: [GuestAction] {
    Self.rising(health.within, inGroup: group != nil)
  }

  /// From a defined machine to one that serves.
  static func rising(_ readyWithin: Duration, inGroup: Bool) -> [GuestAction] {
    [.startMachine, .exposePorts, .awaitHealth(within: readyWithin)]
      + (inGroup ? [.enterBalancer] : [])
  }

  private func leaving(_ within: Duration) -> [GuestAction] {
    guard group != nil else { return [] }
    return state == .serving || state == .draining
      ? [.drain, .awaitDrained(within: within), .leaveBalancer] : [.leaveBalancer]
  }

  private func ending(_ within: Duration, _ force: Bool) -> [GuestAction] {
    force ? [.destroy] : [.shutDown(within: within), .destroy]
  }
}
