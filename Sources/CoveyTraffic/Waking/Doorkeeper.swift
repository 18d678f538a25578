import Covey
import CoveyEngine
import NIOCore
import NIOPosix

/// Who waits at one group's door, and who is being passed on. Lives on one event loop, and must be touched there alone.
final class Doorkeeper {
  /// Connections that may wait for one group.
  static let heldAtMost = 1000
  /// How long one may wait: less than the 60 s that HAProxy has for an answer.
  static let patience: TimeAmount = .seconds(55)
  /// Connections that one member is passed before it has answered them: one that has just come up must not drown.
  static let passedAtOnce = 16
  /// How long one that has no answer keeps its place among those: long polls, slow answers, and clients to whom nothing is
  /// said must not keep the others waiting. All who may wait are passed on within 32 s.
  static let placeFor: TimeAmount = .milliseconds(500)
  static let knockEvery: TimeAmount = .seconds(1)
  static let connectWithin: TimeAmount = .seconds(2)
  static let tryAgainAfter: TimeAmount = .milliseconds(100)

  /// One that waits.
  private struct Held {
    let number: Int
    let client: Passage
    let since: NIODeadline
    let alarm: Scheduled<Void>
  }

  private let group: Name
  private let loop: any EventLoop
  private let placeFor: TimeAmount
  private let knock: () -> Void
  private var door: Door
  private var waiting: [Held] = []
  private var arrivals = 0
  /// Members that did not take a connection, for a moment.
  private var resting: Set<Name> = []
  private var passages: [ObjectIdentifier: (client: Passage, member: Passage)] = [:]
  /// The numbers of those that a member was passed a moment ago and has not answered.
  private var places: [Name: Set<Int>] = [:]
  private var knocked: NIODeadline?
  private var closing: (reason: String, done: EventLoopPromise<Void>)?
  private var counted = WakeStatistics()

  init(
    group: Name, door: Door, loop: any EventLoop, placeFor: TimeAmount = Doorkeeper.placeFor,
    knock: @escaping () -> Void
  ) {
    self.group = group
    self.door = door
    self.loop = loop
    self.placeFor = placeFor
    self.knock = knock
  }

  var statistics: WakeStatistics {
    var statistics = counted
    statistics.held = waiting.count
    return statistics
  }

  /// Takes in what the door says now.
  func show(_ door: Door) {
    self.door = door
    if let refusal = door.refusal, door.members.isEmpty { turnAllAway(refusal) }
    pump()
  }

  /// Takes in a connection, which is not read until it is passed on.
  func arrive(_ client: Passage, _ channel: any Channel) {
    arrivals += 1
    let number = arrivals
    client.channel = channel
    client.ended = { [weak self] in self?.leave(number) }
    if let reason = reasonAgainst() {
      counted.lost += 1
      return client.turnAway(reason, inHTTP: door.speaksHTTP)
    }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let alarm = loop.scheduleTask(in: Self.patience) { bound.value.giveUp(number) }
    waiting.append(Held(number: number, client: client, since: .now(), alarm: alarm))
    pump()
  }

  private func reasonAgainst() -> String? {
    if let closing { return closing.reason }
    if waiting.count >= Self.heldAtMost {
      return "\(Self.heldAtMost) requests wait for group \(group) already"
    }
    return door.members.isEmpty ? door.refusal : nil
  }

  /// Ends: whoever waits is turned away.
  ///
  /// - Returns: when nothing is being passed any more, or when the time for that is up.
  func close(because reason: String) -> EventLoopFuture<Void> {
    let done = loop.makePromise(of: Void.self)
    closing = (reason, done)
    turnAllAway(reason)
    let bound = NIOLoopBound(self, eventLoop: loop)
    let alarm = loop.scheduleTask(in: SocketActivator.partingTime) { bound.value.cutAll() }
    done.futureResult.whenComplete { _ in alarm.cancel() }
    endIfQuiet()
    return done.futureResult
  }

  private func endIfQuiet() {
    guard let closing, counted.passing.isEmpty else { return }
    closing.done.succeed()
  }

  private func cutAll() {
    for (client, member) in passages.values {
      client.cut()
      member.cut()
    }
    closing?.done.succeed()
  }

  // MARK: Those who wait

  private func take(_ number: Int) -> Held? {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
    let held = waiting.remove(at: index)
    held.alarm.cancel()
    return held
  }

  /// Its client left.
  private func leave(_ number: Int) {
    if take(number) != nil { counted.left += 1 }
  }

  private func giveUp(_ number: Int) {
    guard let held = take(number) else { return }
    turnAway(held, reasonWhenLate)
  }

  private var reasonWhenLate: String {
    let span = Duration.nanoseconds(Self.patience.nanoseconds).text
    return door.members.isEmpty
      ? "nobody of group \(group) served within \(span)"
      : "no member of group \(group) took the request within \(span)"
  }

  private func turnAllAway(_ reason: String) {
    let all = waiting
    waiting = []
    for held in all { turnAway(held, reason) }
  }

  private func turnAway(_ held: Held, _ reason: String) {
    held.alarm.cancel()
    note(held)
    counted.lost += 1
    held.client.turnAway(reason, inHTTP: door.speaksHTTP)
  }

  private func note(_ held: Held) {
    let waited = Duration.nanoseconds((NIODeadline.now() - held.since).nanoseconds)
    counted.longestWait = max(counted.longestWait, waited)
  }

  // MARK: Those who are passed on

  /// Passes on as many as may be, in the order in which they came, each to the member with the fewest; calls for a member
  /// where there is none.
  private func pump() {
    while !waiting.isEmpty, let member = freest() {
      let held = waiting.removeFirst()
      pass(held, to: member)
    }
    if door.members.isEmpty, !waiting.isEmpty { callForMember() }
  }

  private func freest() -> BalancedMember? {
    door.members.filter {
      !resting.contains($0.name) && places[$0.name, default: []].count < Self.passedAtOnce
    }
    .map { ($0, counted.passing[$0.name] ?? 0) }.min { $0.1 < $1.1 }?.0
  }

  private func callForMember() {
    guard closing == nil, knocked.map({ NIODeadline.now() - $0 >= Self.knockEvery }) ?? true else {
      return
    }
    knocked = .now()
    knock()
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.scheduleTask(in: Self.knockEvery) { bound.value.pump() }
  }

  private func pass(_ held: Held, to member: BalancedMember) {
    counted.passing[member.name, default: 0] += 1
    places[member.name, default: []].insert(held.number)
    let bound = NIOLoopBound((keeper: self, held: held), eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(Self.connectWithin)
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: member.endpoint.address.description, port: member.endpoint.port)
      .hop(to: loop)
      .whenComplete { bound.value.keeper.connected($0, bound.value.held, member) }
  }

  private func connected(
    _ result: Result<any Channel, any Error>, _ held: Held, _ member: BalancedMember
  ) {
    switch result {
    case .failure:
      release(member, by: held.number)
      refused(held, by: member)
    case .success(let channel):
      guard held.client.channel?.isActive == true else {
        channel.close(promise: nil)
        held.alarm.cancel()
        counted.left += 1
        return release(member, by: held.number)
      }
      held.alarm.cancel()
      note(held)
      join(held, channel, member)
    }
  }

  /// Nothing of it was read yet, so that it may wait on, at its place.
  private func refused(_ held: Held, by member: BalancedMember) {
    resting.insert(member.name)
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.scheduleTask(in: Self.tryAgainAfter) {
      bound.value.resting.remove(member.name)
      bound.value.pump()
    }
    guard held.client.channel?.isActive == true else {
      held.alarm.cancel()
      counted.left += 1
      return
    }
    let late = NIODeadline.now() - held.since >= Self.patience
    if closing != nil || late {
      return turnAway(held, closing?.reason ?? reasonWhenLate)
    }
    let index = waiting.firstIndex { $0.number > held.number } ?? waiting.endIndex
    waiting.insert(held, at: index)
    // Now, while this member rests: it would come first again.
    pump()
  }

  private func join(_ held: Held, _ channel: any Channel, _ member: BalancedMember) {
    let (client, number, upstream) = (held.client, held.number, Passage())
    upstream.channel = channel
    let key = ObjectIdentifier(upstream)
    var isAnswered = false
    upstream.heard = { [weak self] in
      guard !isAnswered else { return }
      isAnswered = true
      self?.counted.served[member.name, default: 0] += 1
      self?.makeRoom(at: member, by: number)
    }
    upstream.ended = { [weak self] in
      guard let self, passages.removeValue(forKey: key) != nil else { return }
      if !isAnswered { counted.lost += 1 }
      release(member, by: number)
    }
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.scheduleTask(in: placeFor) { bound.value.makeRoom(at: member, by: number) }
    client.ended = nil
    passages[key] = (client, upstream)
    do {
      try channel.pipeline.syncOperations.addHandler(upstream)
      client.join(upstream)
    } catch {
      client.cut()
      channel.close(promise: nil)
      upstream.ended?()
    }
  }

  private func release(_ member: BalancedMember, by number: Int) {
    let left = (counted.passing[member.name] ?? 1) - 1
    counted.passing[member.name] = left > 0 ? left : nil
    endIfQuiet()
    makeRoom(at: member, by: number)
  }

  /// Has the next one take this one's place, if it still has one.
  private func makeRoom(at member: BalancedMember, by number: Int) {
    guard places[member.name]?.remove(number) != nil else { return }
    if places[member.name]?.isEmpty == true { places[member.name] = nil }
    pump()
  }
}
