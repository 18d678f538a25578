import Covey
import Foundation
import Support
import Testing

/// Plays the engine against itself: reconciles, then lets chance decide what became of each operation and each machine.
struct GroupHistory {
  let group = Samples.name("web")
  var inventory: Inventory
  var signs = MemberSigns()
  /// Whether operations fail and machines die by chance.
  var isRough = true
  /// Versions whose machines never answer.
  var badVersions: Set<String> = []
  var launches = 0
  var random: SeededGenerator
  var now = Timestamp.zero
  private var count = 0

  init(seed: UInt64, group record: (inout SeededGenerator) -> Group) {
    random = SeededGenerator(seed: seed)
    inventory = Samples.inventory(groups: [record(&random)])
  }

  var record: Group? { inventory.groups[group] }
  var members: [Guest] { inventory.members(of: group) }
  var running: [Covey.Operation] {
    inventory.operations.values.filter { !$0.status.isOver }.sorted { $0.id < $1.id }
  }

  /// Members that serve and stay.
  var available: Int {
    members.filter { member in
      member.state == .serving && signs.downSince[member.name] == nil
        && inventory.operation(on: member.name).map { $0.ending == .unchanged } ?? true
    }.count
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  /// One turn of the loop, and what became of what is under way.
  mutating func advance(by span: ClosedRange<Int64> = 10...40_000) {
    now = now + .milliseconds(Int64.random(in: span, using: &random))
    request(.judge(signs))
    reconcile()
    reconcile()  // two turns of the loop may come before anything ends
    for operation in running where chance(2) { go(on: operation) }
    // A member that is gone is down no more.
    signs.downSince = signs.downSince.filter { inventory.guests[$0.key]?.state == .serving }
    guard isRough else { return }
    for guest in members
    where inventory.operation(on: guest.name) == nil && chance(8) {
      let found: [GuestState] = [.stopped, .failed, .unknown, .running]
      note(
        .guestFound(guest.name, found.randomElement(using: &random) ?? .stopped, reason: "chance"))
    }
  }

  @discardableResult
  mutating func request(_ request: GroupRequest) -> Bool {
    guard case .proceed(let events) = request.decide(group, in: inventory, at: now) else {
      return false
    }
    for event in events { note(event) }
    return true
  }

  /// Builds a second version of the template, and asks for the update to it.
  @discardableResult
  mutating func updateToNextVersion(by plan: RolloutPlan = Samples.rollout()) -> Bool {
    inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    return request(.update(to: nil, plan))
  }

  mutating func reconcile() {
    guard let record else { return }
    for step in record.reconcile(in: inventory, at: now, signs: signs) {
      switch step {
      case .launch(let request): launch(request)
      case .request(let name, let request): ask(request, of: name)
      }
    }
  }

  /// The store gives back what it was given.
  mutating func restart() throws {
    guard let record else { return }
    inventory.groups[group] = try JSONDecoder().decode(
      Group.self, from: JSONEncoder().encode(record))
  }

  mutating func note(_ event: Event) {
    inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: now, event: event))
  }

  private mutating func launch(_ request: LaunchRequest) {
    count += 1
    let facts = Samples.facts(uuid: "u\(count)", at: now)
    guard case .proceed(let launch) = request.decide(in: inventory, with: facts) else { return }
    launches += 1
    begin("launch", launch.guest, launch.plan, launching: launch.guest)
    let cap = record?.cap ?? 0
    #expect(members.count <= cap, "\(members.count) guests, cap \(cap)")
  }

  private mutating func ask(_ request: GuestRequest, of name: Name) {
    guard let guest = inventory.guests[name],
      case .proceed(let plan) = guest.decide(request, in: inventory)
    else { return }
    if let interrupted = inventory.operation(on: name) {
      let problem = Problem(.cancelled, "interrupted")
      note(
        request == .undrain
          ? .operationCalledOff(interrupted.id, problem)
          : .operationFailed(interrupted.id, problem, undone: false))
    }
    begin(request.verb, guest, plan, launching: nil)
    let writers = inventory.operations.values.filter { $0.guest == name && !$0.status.isOver }
    #expect(writers.count == 1, "\(name) has two writers")
  }

  private mutating func begin(_ verb: String, _ guest: Guest, _ plan: Plan, launching: Guest?) {
    count += 1
    let operation = Operation(
      id: "op\(1_000_000 + count)", verb: verb, guest: guest.name, group: guest.group, plan: plan,
      began: now)
    note(.operationBegan(operation, launching: launching))
    note(.stepBegan(operation.id, cursor: 0))
  }

  private mutating func go(on operation: Covey.Operation) {
    let problem = Problem(.deadline, "chance")
    let version = inventory.guests[operation.guest]?.templateDigest ?? ""
    if operation.cursor + 1 < operation.steps.count, chance(2) {
      return note(.stepBegan(operation.id, cursor: operation.cursor + 1))
    }
    if operation.ending.isRise, badVersions.contains(version) {
      return note(.operationFailed(operation.id, problem, undone: operation.undoesOnFailure))
    }
    switch isRough ? Int.random(in: 0..<4, using: &random) : 3 {
    case 0:
      note(.operationFailed(operation.id, problem, undone: operation.undoesOnFailure))
    case 1: note(.operationFailed(operation.id, problem, undone: false))
    default: note(.operationDone(operation.id))
    }
  }
}
