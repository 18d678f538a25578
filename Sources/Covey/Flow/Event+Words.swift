extension Event {
  /// The case's name: stable, for programs.
  public var kind: String {
    switch self {
    case .templateSealed: "templateSealed"
    case .templateDeleted: "templateDeleted"
    case .templateWarmed: "templateWarmed"
    case .templateCooled: "templateCooled"
    case .warmSetRefused: "warmSetRefused"
    case .operationBegan: "operationBegan"
    case .stepBegan: "stepBegan"
    case .operationUndoing: "operationUndoing"
    case .operationFellBack: "operationFellBack"
    case .operationYielded: "operationYielded"
    case .operationCalledOff: "operationCalledOff"
    case .operationDone: "operationDone"
    case .operationFailed: "operationFailed"
    case .guestReady: "guestReady"
    case .guestServedFirst: "guestServedFirst"
    case .guestFound: "guestFound"
    case .guestPoweredOff: "guestPoweredOff"
    case .guestAdopted: "guestAdopted"
    case .diskChanged: "diskChanged"
    case .groupCreated: "groupCreated"
    case .groupChanged: "groupChanged"
    case .desiredChanged: "desiredChanged"
    case .launchRefused: "launchRefused"
    case .memberWeighed: "memberWeighed"
    case .groupPaused: "groupPaused"
    case .groupResumed: "groupResumed"
    case .groupRetried: "groupRetried"
    case .brakeReleased: "brakeReleased"
    case .repairHeld: "repairHeld"
    case .repairTried: "repairTried"
    case .repairReleased: "repairReleased"
    case .rolloutBegan: "rolloutBegan"
    case .rolloutMoved: "rolloutMoved"
    case .rolloutPaused: "rolloutPaused"
    case .rolloutResumed: "rolloutResumed"
    case .groupDeleting: "groupDeleting"
    case .groupForgotten: "groupForgotten"
    case .balancerFailed: "balancerFailed"
    case .balancerRecovered: "balancerRecovered"
    case .poolCreated: "poolCreated"
    case .poolDeleted: "poolDeleted"
    case .balancerCreated: "balancerCreated"
    case .balancerDeleted: "balancerDeleted"
    case .balancerMoved: "balancerMoved"
    case .seatFailed: "seatFailed"
    case .seatRecovered: "seatRecovered"
    case .recordSetAside: "recordSetAside"
    }
  }

  /// An event in words, told with the help of an inventory that still knows what it is about.
  public struct Words: Hashable, Sendable {
    /// The object, such as `guest web-1`.
    public let subject: String
    /// The group it belongs to.
    public let group: Name?
    public let message: String
  }

  public func words(in inventory: Inventory) -> Words {
    operationWords(in: inventory) ?? guestWords(in: inventory) ?? groupWords
      ?? templateWords(in: inventory) ?? balancerWords ?? otherWords
  }

  private func operationWords(in inventory: Inventory) -> Words? {
    switch self {
    case .operationBegan(let operation, _):
      return Self.words(operation, "\(operation.verb) begins")
    case .stepBegan(let id, let cursor):
      guard let operation = inventory.operations[id], operation.steps.indices.contains(cursor)
      else { return Words(subject: "operation \(id)", group: nil, message: "step \(cursor + 1)") }
      return Self.words(operation, operation.steps[cursor].stage)
    case .operationUndoing(let id, let problem):
      return Self.words(inventory.operations[id], id, "is taken back: \(problem.message)")
    case .operationFellBack(let id, let problem):
      return Self.words(
        inventory.operations[id], id, "forking failed: \(problem.message); it boots instead")
    case .operationYielded(let id, let result):
      let what = [result.path, result.digest, result.remark].compactMap(\.self)
      return Self.words(inventory.operations[id], id, what.joined(separator: ", "))
    case .operationDone(let id):
      let ending = inventory.operations[id].map { operation in
        switch operation.ending {
        case .becomes(let state): "\(operation.verb) done: \(state.rawValue)"
        case .forgotten: "\(operation.verb) done: gone"
        case .unchanged: "\(operation.verb) done"
        }
      }
      return Self.words(inventory.operations[id], id, ending ?? "done")
    case .operationCalledOff(let id, let problem):
      return Self.words(inventory.operations[id], id, "is called off: \(problem.message)")
    case .operationFailed(let id, let problem, let undone):
      let after = undone ? "; all of it was taken back" : ""
      return Self.words(inventory.operations[id], id, "failed: \(problem.message)\(after)")
    default: return nil
    }
  }

  private func guestWords(in inventory: Inventory) -> Words? {
    func told(_ name: Name, _ message: String) -> Words {
      Words(subject: "guest \(name)", group: inventory.guests[name]?.group, message: message)
    }
    return switch self {
    case .guestReady(let name): told(name, "answered its health check")
    case .guestServedFirst(let name): told(name, "served its first request")
    case .guestFound(let name, let state, let reason):
      told(name, "found \(state.rawValue): \(reason)")
    case .guestPoweredOff(let name): told(name, "its system powered it off")
    case .guestAdopted(let guest): told(guest.name, "adopted from the hypervisor")
    case .diskChanged(let name, let change): told(name, change.words)
    default: nil
    }
  }

  private var groupWords: Words? {
    func told(_ name: Name, _ message: String) -> Words {
      Words(subject: "group \(name)", group: name, message: message)
    }
    return switch self {
    case .groupCreated(let group): told(group.name, "created")
    case .groupChanged(let name, _): told(name, "changed")
    case .desiredChanged(let name, let size, let why): told(name, "desired size \(size): \(why)")
    case .launchRefused(let name, let problem): told(name, "no launch: \(problem.message)")
    case .memberWeighed(let member, let name, let weight):
      told(name, "weight \(weight) for \(member)")
    case .groupPaused(let name): told(name, "paused")
    case .groupResumed(let name): told(name, "resumed")
    case .groupRetried(let name): told(name, "tries again at once")
    case .brakeReleased(let name): told(name, "its members stay: launches are held back no more")
    case .repairHeld(let name, let brake): told(name, brake.words(at: brake.since))
    case .repairTried(let name, let member): told(name, "replaces \(member) as a trial")
    case .repairReleased(let name): told(name, "most members answer their checks again")
    case .rolloutBegan(let name, let rollout):
      told(name, "update from \(rollout.from.prefix(12)) to \(rollout.to.prefix(12)) begins")
    case .rolloutMoved(let name, let phase, let why):
      told(name, "update: \(phase.rawValue)" + (why.map { ": \($0)" } ?? ""))
    case .rolloutPaused(let name): told(name, "update paused")
    case .rolloutResumed(let name): told(name, "update resumed")
    case .groupDeleting(let name): told(name, "is being deleted")
    case .groupForgotten(let name): told(name, "gone")
    case .balancerFailed(let name, let problem): told(name, "balancer: \(problem.message)")
    case .balancerRecovered(let name): told(name, "the balancer works again")
    default: nil
    }
  }

  private func templateWords(in inventory: Inventory) -> Words? {
    func told(_ name: Name?, _ message: String) -> Words {
      Words(subject: "template \(name?.text ?? "")", group: nil, message: message)
    }
    return switch self {
    case .templateSealed(let template): told(template.name, "sealed as \(template.shortDigest)")
    case .templateDeleted(let digest, let name):
      told(name, "version \(digest.prefix(12)) deleted")
    case .templateWarmed(let set):
      told(set.template, "warm for \(set.machine) as \(set.shortID)")
    case .templateCooled(let id, let name): told(name, "warm set \(id.prefix(12)) removed")
    case .warmSetRefused(let id, let problem):
      told(
        inventory.warmSets[id]?.template,
        "warm set \(id.prefix(12)) is not used any more: \(problem.message)")
    default: nil
    }
  }

  private var balancerWords: Words? {
    func told(_ name: Name, _ message: String) -> Words {
      Words(subject: "balancer \(name)", group: nil, message: message)
    }
    return switch self {
    case .balancerCreated(let balancer): told(balancer.name, "created for \(balancer.address)")
    case .balancerDeleted(let name): told(name, "deleted")
    case .balancerMoved(let name, let seat):
      told(name, seat.map { "its address is at seat \($0)" } ?? "its address is at no seat")
    case .seatFailed(let name, let seat, let problem):
      told(name, "seat \(seat): \(problem.message)")
    case .seatRecovered(let name, let seat): told(name, "seat \(seat) works again")
    default: nil
    }
  }

  private var otherWords: Words {
    switch self {
    case .recordSetAside(let kind, let key, let why):
      Words(subject: "\(kind) \(key)", group: nil, message: "could not be read, set aside: \(why)")
    case .poolCreated(let pool):
      Words(subject: "pool \(pool.name)", group: nil, message: "created at \(pool.path)")
    case .poolDeleted(let name):
      Words(subject: "pool \(name)", group: nil, message: "deleted; its folder stays")
    default: Words(subject: "", group: nil, message: kind)
    }
  }

  private static func words(_ operation: Operation, _ message: String) -> Words {
    Words(subject: "guest \(operation.guest)", group: operation.group, message: message)
  }

  private static func words(_ operation: Operation?, _ id: Operation.Identifier, _ message: String)
    -> Words
  {
    operation.map { words($0, message) }
      ?? Words(subject: "operation \(id)", group: nil, message: message)
  }
}
