import Covey
import CoveyEngine
import Foundation

/// Balances groups where they listen: on this host, or, on an address that moves, at every seat of its balancer.
///
/// At each seat runs a HAProxy for each group, all with the same members, whether the address is there or not. One seat's
/// failure keeps no other from being right: it is a problem of that seat (`SeatFinding`), and is mended at the next look at
/// the group's counters. Only what fails at every seat fails.
public struct SeatedBalancer: Balancer {
  let here: HAProxyBalancer
  let registry: SeatRegistry

  /// - Parameters:
  ///   - folder: for groups on addresses of this host.
  ///   - seats: for those at seats; must be short, for the admin sockets below it.
  public init(folder: String, seats: String, program: String? = nil) {
    here = HAProxyBalancer(folder: folder, program: program)
    registry = SeatRegistry(root: seats, program: program)
  }

  /// What moves the addresses of the balancers at whose seats this one opens groups.
  public var seats: KeepalivedSeats { KeepalivedSeats(registry: registry) }

  public func preflight(_ frontend: Frontend) async throws {
    let places = registry.places(at: frontend.listen.address)
    guard !places.isEmpty else { return try await here.preflight(frontend) }
    let results = await results(at: places) { proxy, _ in try await proxy.preflight(frontend) }
    if let problem = Self.refusal(results) { throw problem }
  }

  /// Opens the group where its address is, and closes it everywhere else.
  public func open(_ frontend: Frontend) async throws {
    let group = frontend.group
    let places = registry.places(at: frontend.listen.address)
    if places.isEmpty {
      try await here.open(frontend)
    } else {
      let results = await results(at: places) { proxy, place in
        try await open(frontend, by: proxy, at: place)
      }
      note(results, of: group)
      if let problem = Self.refusal(results) { throw problem }
      try await judge(places, by: group)
    }
    registry.note(frontend, of: group)
    for place in registry.places where !places.contains(place) { try await close(group, at: place) }
    if !places.isEmpty { try await here.close(group) }
  }

  private func open(_ frontend: Frontend, by proxy: HAProxyBalancer, at place: SeatPlace)
    async throws
  {
    registry.noteOpened(nil, of: frontend.group, at: place)
    try await proxy.open(frontend)
    registry.noteOpened(frontend, of: frontend.group, at: place)
  }

  /// Every seat is judged by a listener as soon as it is at one of them: the address had better be there. One that is at no
  /// seat yet takes the address away from nobody.
  private func judge(_ places: [SeatPlace], by group: Name) async throws {
    try await Blocking.run {
      for place in places { try registry.judge(place, by: group, true) }
    }
  }

  public func close(_ group: Name) async throws {
    registry.note(nil, of: group)
    for place in registry.places { try await close(group, at: place) }
    try await here.close(group)
  }

  private func close(_ group: Name, at place: SeatPlace) async throws {
    guard let proxy = registry.proxy(at: place) else { return }
    // First, so that an ending on purpose moves no address.
    try await Blocking.run { try registry.judge(place, by: group, false) }
    try await proxy.close(group)
    registry.noteOpened(nil, of: group, at: place)
    registry.note(nil, of: group, at: place)
  }

  public func close(besides groups: Set<Name>) async {
    await here.close(besides: groups)
    for place in registry.places {
      try? await Blocking.run { try registry.judge(place, byNoneBesides: groups) }
      await registry.proxy(at: place)?.close(besides: groups)
    }
  }

  public func enter(_ member: BalancedMember, in group: Name) async throws {
    try await atEach(group) { try await $0.enter(member, in: group) }
  }

  public func drain(_ member: Name, in group: Name) async throws {
    try await atEach(group) { try await $0.drain(member, in: group) }
  }

  public func leave(_ member: Name, in group: Name) async throws {
    try await atEach(group) { try await $0.leave(member, in: group) }
  }

  /// The counters of all seats together. A seat that does not answer is opened again first; a member that is not in the same
  /// way at all of them is shown as draining, so that whoever mends members has it entered, or removed, everywhere.
  ///
  /// - Throws: `Problem` when no seat answers.
  public func statistics(of group: Name) async throws -> TrafficStatistics {
    guard let frontend = registry.frontend(of: group) else {
      return try await here.statistics(of: group)
    }
    let places = registry.places(at: frontend.listen.address)
    guard !places.isEmpty else { return try await here.statistics(of: group) }
    let results = await results(at: places) { proxy, place in
      try await counted(frontend, by: proxy, at: place)
    }
    note(results, of: group)
    let answers = results.compactMap { try? $0.result.get() }
    guard !answers.isEmpty else { throw Self.refusal(results) ?? CancellationError() }
    for (place, problem) in results.compactMap(\.remark) {
      registry.note(problem, of: group, at: place)
    }
    return TrafficStatistics(sum: answers.map(\.statistics))
  }

  /// The counters at one seat, once its HAProxy is as it should be. What ran before goes on when that fails, and is counted.
  private func counted(_ frontend: Frontend, by proxy: HAProxyBalancer, at place: SeatPlace)
    async throws -> CountedPlace
  {
    let group = frontend.group
    var problem: Problem?
    if registry.opened(group, at: place) != frontend {
      do { try await open(frontend, by: proxy, at: place) } catch let error as Problem {
        problem = Self.problem(error, at: place, group)
      }
    }
    do {
      return CountedPlace(statistics: try await proxy.statistics(of: group), problem: problem)
    } catch let error where !(error is CancellationError) {
      // It was tried just now: nothing runs that could go on.
      if let problem { throw problem }
      try await open(frontend, by: proxy, at: place)
      return CountedPlace(statistics: try await proxy.statistics(of: group), problem: nil)
    }
  }
}
