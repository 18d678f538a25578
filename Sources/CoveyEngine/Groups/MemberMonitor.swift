import Covey

/// Checks the serving members that no balancer checks, again and again: those of groups without one, and those that only
/// their guest agent can speak for.
///
/// What it finds is in `Gauges.health`. A member's own word that it is down is a failed check; one that asks for no new
/// requests, or to be left alone, is not judged, as by a balancer.
///
/// It keeps counts in memory alone: a daemon that starts anew takes members for well until they have failed as often as they
/// must.
public actor MemberMonitor {
  /// From the end of one look to the next.
  static let checkEvery: Duration = .seconds(1)
  /// From the end of one look at what is odd to the next.
  static let remarkEvery: Duration = .seconds(10)
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
    await withDiscardingTaskGroup { group in
      group.addTask { await self.repeating(every: Self.checkEvery) { await self.look() } }
      group.addTask { await self.repeating(every: Self.remarkEvery) { await self.remark() } }
    }
  }

  private func repeating(every span: Duration, _ body: () async -> Void) async {
    while !Task.isCancelled {
      await body()
      do { try await ports.time.sleep(for: span) } catch { return }
    }
  }

  /// Checks each of them once.
  public func look() async {
    let reports = await gauges.reports
    var members = Self.members(in: await ledger.inventory)
    let leftAlone = Set(members.map(\.name).filter { reports[$0]?.report?.wantsNothingNew == true })
    for member in leftAlone { await gauges.note(isUp: nil, of: member, at: ports.time.now()) }
    members.removeAll { leftAlone.contains($0.name) }
    let known = Set(members.map(\.uuid))
    failures = failures.filter { known.contains($0.key) }
    let check = GuestCheck(ports: ports)
    await asking(members) { member in
      if let words = reports[member.name]?.wordsOfDown { return words }
      return await check.failure(of: member, within: Self.longestCheck)
    } then: {
      await self.note($0, of: $1)
    }
  }

  /// Looks once what is odd about the answers of all members that serve and are asked by HTTP, whoever judges them: what
  /// counts as well and may serve nobody is to be seen.
  public func remark() async {
    let inventory = await ledger.inventory
    let members = inventory.guests.values.filter {
      $0.group != nil && $0.state == .serving && $0.health.kind == .http && $0.health.isAsked
    }
    var remarks: [Name: String] = [:]
    let check = GuestCheck(ports: ports)
    await asking(members) {
      await check.remark(on: $0, within: Self.longestCheck)
    } then: {
      remarks[$1.name] = $0
    }
    await gauges.note(remarks: remarks)
  }

  /// Asks all of them, so many at once.
  private func asking(
    _ members: [Guest], _ question: @escaping @Sendable (Guest) async -> String?,
    then note: (String?, Guest) async -> Void
  ) async {
    await withTaskGroup(of: (Guest, String?).self) { group in
      var waiting = members.makeIterator()
      func begin() {
        guard let member = waiting.next() else { return }
        group.addTask { (member, await question(member)) }
      }
      for _ in 1...Self.atOnce { begin() }
      while let (member, answer) = await group.next(), !Task.isCancelled {
        await note(answer, member)
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
