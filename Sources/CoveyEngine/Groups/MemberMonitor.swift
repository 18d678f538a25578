import Covey

/// Checks the serving members that no balancer checks, again and again: those of groups without one, and those that only
/// their guest agent can speak for.
///
/// What it finds is in `Gauges.health`. It keeps counts in memory alone: a daemon that starts anew takes members for well
/// until they have failed as often as they must.
public actor MemberMonitor {
  /// From the end of one look to the next.
  static let checkEvery: Duration = .seconds(1)
  /// How long one check may take.
  static let longestCheck: Duration = .seconds(2)
  /// Failed checks in a row after which a member is down; one that succeeds brings it up.
  static let fall = 3
  /// Checks under way at the same time.
  static let atOnce = 16

  private let ledger: Ledger
  private let ports: Ports
  private let gauges: Gauges
  /// Checks that failed in a row, by the guest's identity.
  private var failures: [String: Int] = [:]

  public init(ledger: Ledger, ports: Ports, gauges: Gauges) {
    self.ledger = ledger
    self.ports = ports
    self.gauges = gauges
  }

  /// Runs until its task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      await look()
      do { try await ports.time.sleep(for: Self.checkEvery) } catch { return }
    }
  }

  /// Checks each of them once.
  public func look() async {
    let members = Self.members(in: await ledger.inventory)
    let known = Set(members.map(\.uuid))
    failures = failures.filter { known.contains($0.key) }
    await withTaskGroup(of: (Guest, String?).self) { group in
      var waiting = members.makeIterator()
      func begin() {
        guard let member = waiting.next() else { return }
        group.addTask { [check = GuestCheck(ports: ports)] in
          (member, await check.failure(of: member, within: Self.longestCheck))
        }
      }
      for _ in 1...Self.atOnce { begin() }
      while let (member, failure) = await group.next(), !Task.isCancelled {
        await note(failure, of: member)
        begin()
      }
    }
  }

  private func note(_ failure: String?, of member: Guest) async {
    let count = failure == nil ? 0 : (failures[member.uuid] ?? 0) + 1
    failures[member.uuid] = count
    await gauges.note(
      isUp: count < Self.fall, failure, of: member.name, at: ports.time.now())
  }

  /// Those that serve, are left alone by operations, and have nobody else who looks.
  static func members(in inventory: Inventory) -> [Guest] {
    inventory.guests.values.filter { guest in
      guard guest.state == .serving, let group = guest.group.flatMap({ inventory.groups[$0] })
      else { return false }
      return group.judge(of: guest) == .covey && inventory.operation(on: guest.name) == nil
    }.sorted { $0.name < $1.name }
  }
}
