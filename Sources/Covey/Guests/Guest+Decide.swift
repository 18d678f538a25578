extension Guest {
  /// How long a guest may take to power off before its machine is ended.
  public static let stopWithin: Duration = .seconds(20)
  /// How long a member's connections may take to end when it is deleted or restarted by hand.
  public static let drainWithin: Duration = .seconds(30)

  /// Decides what a request means for this guest. Pure: no clock, no store, no hypervisor.
  ///
  /// Order of checks: an operation under way (the same verb is ignored, others are refused), already so (ignored),
  /// membership of a group, then the plan. A forced delete passes all of them: it always ends.
  public func decide(_ request: GuestRequest, in inventory: Inventory) -> Decision<Plan> {
    if request == .undrain { return undrainPlan(in: inventory) }
    if let running = inventory.operation(on: name), request != .delete(force: true) {
      if running.verb == request.verb, request.isRepeatable {
        return .ignore("\(request.verb) is under way already")
      }
      return .refuse(.guestBusy(name, verb: running.verb))
    }
    if let reason = isAlready(request) { return .ignore(reason) }
    return switch request {
    case .undrain: undrainPlan(in: inventory)
    case .start: startPlan(in: inventory)
    case .stop(let within, let force): stopPlan(within, force, in: inventory)
    case .restart(let within, let force): restartPlan(within, force, in: inventory)
    case .delete(let force):
      .proceed(deletePlan(force, interrupting: inventory.operation(on: name)))
    case .retire(let drainWithin, let stopWithin): .proceed(retirePlan(drainWithin, stopWithin))
    case .serve: servePlan()
    case .wake: wakePlan(in: inventory)
    case .snapshot(let request): decide(request)
    case .restore(let request): decide(request)
    case .deleteSnapshot(let name): deleteSnapshotPlan(name)
    case .export(let path): exportPlan(to: path)
    case .seal(let name, let snapshot): sealPlan(as: name, snapshot)
    case .tidy: tidyPlan()
    case .flatten: flattenPlan()
    case .rebase(let digest): rebasePlan(onto: digest, in: inventory)
    case .moveDisk(let request): decide(request)
    case .resizeDisk(let size, let now): resizePlan(to: size, from: now)
    case .backup(let request): decide(request)
    }
  }

  private func isAlready(_ request: GuestRequest) -> String? {
    switch (request, state) {
    case (.start, .running), (.start, .serving), (.start, .starting):
      "guest \(name) is \(state.rawValue) already"
    case (.stop, .stopped), (.stop, .defined): "guest \(name) is \(state.rawValue) already"
    case (.serve, .serving), (.wake, .serving): "guest \(name) is serving already"
    default: nil
    }
  }

  /// A standby rises when its group does: one that its owner woke would be one too many.
  private func refusalOfStandby(to verb: String) -> Refusal? {
    guard state == .standby else { return nil }
    return .guestState(
      name, state, verb: verb, hint: "its group wakes it; ask for more members: covey group scale")
  }

  private func startPlan(in inventory: Inventory) -> Decision<Plan> {
    if let refusal = refusalOfStandby(to: "start") { return .refuse(refusal) }
    if state == .held {
      return .proceed(
        Plan(
          [.goOn] + Self.arriving(health.within, inGroup: group != nil), ending: .becomes(awake),
          undoesOnFailure: true))
    }
    // A failed guest may still have a machine; ending it is harmless where there is none.
    let clearing: [GuestAction] = state == .failed || state == .unknown ? [.destroy] : []
    return .proceed(
      Plan(clearing + [freshDisk, .define] + rising(in: inventory), ending: .becomes(awake)))
  }

  /// A group that is paused leaves a member off that its owner stopped, where that keeps its disk.
  private func stopPlan(_ within: Duration, _ force: Bool, in inventory: Inventory) -> Decision<
    Plan
  > {
    if let group {
      let isLeftAlone = inventory.groups[group]?.isPaused ?? true
      guard disk == .persistent, isLeftAlone else {
        return .refuse(.memberOfGroup(name, group: group, disk: disk, verb: "stop"))
      }
    }
    if !force, let refusal = refusalOfHeld(to: "stop") { return .refuse(refusal) }
    return .proceed(
      Plan(leaving(Self.drainWithin) + ending(within, force), ending: .becomes(.stopped)))
  }

  /// What a user does so that its machine is off and stays so.
  public var wayToStop: String {
    guard let group else { return "stop it first: covey stop \(name)" }
    return disk == .persistent
      ? Self.wayToStop(name, of: group)
      : "its disk goes when its group stops it: launch a guest of its own with --disk persistent"
  }

  static func wayToStop(_ member: Name, of group: Name) -> String {
    "stop it while its group is paused: covey group pause \(group), covey stop \(member); "
      + "its group starts it again after: covey group resume \(group)"
  }

  /// It hears no power button, and to end it is to cut its power.
  private func refusalOfHeld(to verb: String) -> Refusal? {
    guard state == .held else { return nil }
    return .guestState(
      name, state, verb: verb,
      hint: "make room for its disk, and it goes on; or end it, as a power cut would: "
        + "covey \(verb) \(name) --force")
  }

  private func restartPlan(_ within: Duration, _ force: Bool, in inventory: Inventory) -> Decision<
    Plan
  > {
    if let refusal = refusalOfStandby(to: "restart") { return .refuse(refusal) }
    if !force, let refusal = refusalOfHeld(to: "restart") { return .refuse(refusal) }
    return .proceed(
      Plan(
        leaving(Self.drainWithin) + ending(within, force) + [freshDisk, .define]
          + rising(in: inventory),
        ending: .becomes(awake)))
  }

  /// It answered before it was paused and says that it is awake, so that it serves at once; one that does not answer
  /// after all is taken out again and booted in place.
  private func wakePlan(in inventory: Inventory) -> Decision<Plan> {
    guard state == .standby, group != nil else {
      return .refuse(.guestState(name, state, verb: "wake", hint: "only a standby can be woken"))
    }
    let within = Swift.min(health.within, LaunchRequest.forkReadyWithin)
    return .proceed(
      Plan(
        [.wake, .enterBalancer, .awaitHealth(within: within)], ending: .becomes(.serving),
        fallback: [.leaveBalancer, .destroy, freshDisk, .define] + rising(in: inventory)))
  }

  /// A forced delete waits for nobody: not for the balancer, which finds the member gone by itself.
  ///
  /// - `operation`: what it interrupts, whose copies of the disk go too.
  private func deletePlan(_ force: Bool, interrupting operation: Operation?) -> Plan {
    let down: [GuestAction] =
      force
      ? [.destroy]
      : leaving(Self.drainWithin) + (state.hasMachine ? ending(.seconds(10), false) : [.destroy])
    return Plan(
      down + [.undefine] + (operation?.copies ?? []) + [.removeDisk], ending: .forgotten)
  }

  private func retirePlan(_ drainWithin: Duration, _ stopWithin: Duration) -> Plan {
    let down = leaving(drainWithin) + ending(stopWithin, disk == .ephemeral)
    return disk == .persistent
      ? Plan(down, ending: .becomes(.stopped))
      : Plan(down + [.undefine, .removeDisk], ending: .forgotten)
  }

  /// Puts a member back that its group needs again. The retirement that it calls off has ended nothing yet.
  private func undrainPlan(in inventory: Inventory) -> Decision<Plan> {
    if let running = inventory.operation(on: name) {
      guard running.mayBeCalledOff else {
        return running.verb == GuestRequest.undrain.verb
          ? .ignore("undrain is under way already") : .refuse(.guestBusy(name, verb: running.verb))
      }
      return .proceed(Plan([.enterBalancer], ending: .becomes(.serving)))
    }
    if state == .serving { return .ignore("guest \(name) is serving already") }
    return .refuse(
      .guestState(
        name, state, verb: "undrain", hint: "only a member that is being drained can be taken back")
    )
  }

  private func servePlan() -> Decision<Plan> {
    guard state == .running || state == .starting else {
      return .refuse(.guestState(name, state, verb: "serve", hint: "start it first"))
    }
    return .proceed(
      Plan(
        Self.arriving(health.within, inGroup: group != nil), ending: .becomes(awake)))
  }

  private var freshDisk: GuestAction {
    if disk == .ephemeral { return .renewDisk }
    return hasOwnData ? .requireDisk : .createDisk
  }

  var awake: GuestState { group == nil ? .running : .serving }

  /// A boot, with the time that it was given.
  var rising: [GuestAction] {
    [.startMachine] + Self.arriving(health.within, inGroup: group != nil)
  }

  /// A boot, with the time that boots of its template are known to take, unless it was given one of its own.
  func rising(in inventory: Inventory) -> [GuestAction] {
    let template = inventory.templates[templateDigest]
    let usual = template.flatMap { $0.health.within == health.within ? $0.grace(of: .boot) : nil }
    return [.startMachine] + Self.arriving(usual ?? health.within, inGroup: group != nil)
  }

  /// From a machine that runs to one that serves.
  static func arriving(_ readyWithin: Duration, inGroup: Bool) -> [GuestAction] {
    [.exposePorts, .awaitHealth(within: readyWithin)] + (inGroup ? [.enterBalancer] : [])
  }

  private func leaving(_ within: Duration) -> [GuestAction] {
    guard group != nil else { return [] }
    return state == .serving || state == .draining
      ? [.drain, .awaitDrained(within: within), .leaveBalancer] : [.leaveBalancer]
  }

  /// A paused machine hears no power button.
  func ending(_ within: Duration, _ force: Bool) -> [GuestAction] {
    force || state == .standby || state == .held
      ? [.destroy] : [.shutDown(within: within), .destroy]
  }
}
