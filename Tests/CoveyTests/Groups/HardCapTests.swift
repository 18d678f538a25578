import Covey
import Support
import Testing

/// The hard cap in random histories: whatever is asked, fails, dies or is lost, a group never has more guests than it may.
struct HardCapTests {
  static let seeds = (1...200).map { UInt64($0) }

  @Test(arguments: seeds)
  func noHistoryExceedsTheCap(_ seed: UInt64) {
    var history = History(seed: seed)
    for step in 1...120 {
      history.advance()
      let count = history.inventory.members(of: history.group).count
      #expect(
        count <= history.cap, "seed \(seed), step \(step): \(count) guests, cap \(history.cap)")
    }
    #expect(history.launches > 0, "seed \(seed): nothing was ever launched")
  }
}

/// Plays the engine against itself: reconciles, then lets chance decide what became of each operation and each machine.
private struct History {
  var inventory: Inventory
  let group = Samples.name("web")
  /// The largest cap the group ever had: guests above a cap that was lowered are being retired, not launched.
  var cap: Int
  var launches = 0
  private var random: SeededGenerator
  private var now = Timestamp.zero
  private var count = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let max = Int.random(in: 1...5, using: &random)
    let surge = Int.random(in: 0...1, using: &random)
    let disk = DiskMode.allCases.randomElement(using: &random) ?? .ephemeral
    var record = Samples.group(min: 1, max: max, surge: surge, disk: disk)
    var settings = GroupSettings()
    settings.standby = disk == .ephemeral ? Int.random(in: 0...3, using: &random) : 0
    do { record.spec = try settings.spec(changing: record.spec) } catch { Issue.record(error) }
    inventory = Samples.inventory(groups: [record])
    if Bool.random(using: &random) { inventory.warmSets["w1"] = Samples.warmSet() }
    cap = record.spec.cap
  }

  mutating func advance() {
    now = now + .milliseconds(Int64.random(in: 10...40_000, using: &random))
    if Int.random(in: 0..<4, using: &random) == 0 { askForASize() }
    reconcile()
    reconcile()  // two turns of the loop may come before anything ends
    for operation in inventory.operations.values.sorted(by: { $0.id < $1.id })
    where !operation.status.isOver && Bool.random(using: &random) {
      end(operation)
    }
    for guest in inventory.guests.values.sorted(by: { $0.name < $1.name })
    where inventory.operation(on: guest.name) == nil && Int.random(in: 0..<8, using: &random) == 0 {
      let found: [GuestState] = [.stopped, .failed, .unknown, .running]
      record(
        .guestFound(guest.name, found.randomElement(using: &random) ?? .stopped, reason: "chance"))
    }
  }

  private mutating func askForASize() {
    guard let record = inventory.groups[group] else { return }
    let size = Int.random(in: record.spec.min...record.spec.max, using: &random)
    self.record(.desiredChanged(group, to: size, why: "chance"))
    if Bool.random(using: &random) { self.record(.groupResumed(group)) }
  }

  private mutating func reconcile() {
    guard let record = inventory.groups[group] else { return }
    for step in record.reconcile(in: inventory, at: now) {
      switch step {
      case .launch(let request): launch(request)
      case .request(let name, let request): ask(request, of: name)
      }
    }
  }

  private mutating func launch(_ request: LaunchRequest) {
    count += 1
    let facts = Samples.facts(uuid: "u\(count)", at: now)
    guard case .proceed(let launch) = request.decide(in: inventory, with: facts) else { return }
    launches += 1
    begin("launch", launch.guest, launch.plan, launching: launch.guest)
  }

  private mutating func ask(_ request: GuestRequest, of name: Name) {
    guard let guest = inventory.guests[name],
      case .proceed(let plan) = guest.decide(request, in: inventory)
    else { return }
    begin(request.verb, guest, plan, launching: nil)
  }

  private mutating func begin(_ verb: String, _ guest: Guest, _ plan: Plan, launching: Guest?) {
    count += 1
    let operation = Operation(
      id: "op\(1_000_000 + count)", verb: verb, guest: guest.name, group: guest.group, plan: plan,
      began: now)
    record(.operationBegan(operation, launching: launching))
  }

  private mutating func end(_ operation: Operation) {
    let problem = Problem(.deadline, "chance")
    switch Int.random(in: 0..<4, using: &random) {
    case 0: record(.operationFailed(operation.id, problem, undone: operation.undoesOnFailure))
    case 1: record(.operationFailed(operation.id, problem, undone: false))
    default: record(.operationDone(operation.id))
    }
  }

  private mutating func record(_ event: Event) {
    inventory.apply(LoggedEvent(revision: inventory.revision + 1, at: now, event: event))
  }
}
