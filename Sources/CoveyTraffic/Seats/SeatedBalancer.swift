import Covey
import CoveyEngine
import Foundation

/// Serves listeners where they are: on this host, or, on an address that moves, at every seat of its balancer.
///
/// At each seat runs a HAProxy for each listener, all with the same members, whether the address is there or not. One seat's
/// failure keeps no other from being right: it is a problem of that seat (`SeatFinding`), and is mended at the next look at
/// a group's counters. Only what fails at every seat fails.
public struct SeatedBalancer: Balancer {
  let here: any Balancer
  let registry: SeatRegistry

  /// - Parameters:
  ///   - here: serves listeners on addresses of this host.
  ///   - seats: the folder for those at seats; must be short, for the admin sockets below it.
  ///   - template: what configurations at seats are rendered from.
  public init(
    here: any Balancer, seats: String, template: HAProxyTemplate, program: String? = nil
  ) {
    self.here = here
    registry = SeatRegistry(root: seats, template: template, program: program)
  }

  /// What moves the addresses of the balancers at whose seats this one serves listeners.
  public var seats: KeepalivedSeats { KeepalivedSeats(registry: registry) }

  public func preflight(_ listener: Listener) async throws {
    let places = registry.places(at: listener.endpoint.address)
    guard !places.isEmpty else { return try await here.preflight(listener) }
    let results = await results(at: places) { proxy, _ in try await proxy.preflight(listener) }
    if let problem = Self.refusal(results) { throw problem }
  }

  public func open(_ listener: Listener) async throws {
    let places = registry.places(at: listener.endpoint.address)
    guard !places.isEmpty else { return try await here.open(listener) }
    let results = await results(at: places) { proxy, place in
      try await open(listener, by: proxy, at: place)
    }
    note(results, of: listener.endpoint)
    if let problem = Self.refusal(results) { throw problem }
    registry.note(listener, at: listener.endpoint)
    try await judge(places, by: listener.endpoint)
  }

  private func open(_ listener: Listener, by proxy: HAProxyBalancer, at place: SeatPlace)
    async throws
  {
    registry.noteOpened(nil, of: listener.endpoint, at: place)
    try await proxy.open(listener)
    registry.noteOpened(listener, of: listener.endpoint, at: place)
  }

  /// Every seat is judged by a listener as soon as it is at one of them: the address had better be there. One that is at no
  /// seat yet takes the address away from nobody.
  private func judge(_ places: [SeatPlace], by endpoint: Endpoint) async throws {
    try await Blocking.run {
      for place in places { try registry.judge(place, by: endpoint, true) }
    }
  }

  public func renewCertificate(of frontend: Frontend) async throws {
    let places = registry.places(at: frontend.listen.address)
    guard !places.isEmpty else { return try await here.renewCertificate(of: frontend) }
    let results = await results(at: places) { proxy, _ in
      try await proxy.renewCertificate(of: frontend)
    }
    // What fails everywhere is the file, and no seat's problem.
    if let problem = Self.refusal(results) { throw problem }
    note(
      results.filter { if case .failure = $0.result { true } else { false } }, of: frontend.listen)
  }

  public func close(_ endpoint: Endpoint) async throws {
    registry.note(nil, at: endpoint)
    let places = registry.places(at: endpoint.address)
    guard !places.isEmpty else { return try await here.close(endpoint) }
    for place in places {
      // First, so that an ending on purpose moves no address.
      try await Blocking.run { try registry.judge(place, by: endpoint, false) }
      try await registry.proxy(at: place)?.close(endpoint)
      registry.noteOpened(nil, of: endpoint, at: place)
      registry.note(nil, of: endpoint, at: place)
    }
  }

  public func close(besides endpoints: Set<Endpoint>) async throws {
    var first: (any Error)?
    func trying(_ body: () async throws -> Void) async {
      do { try await body() } catch { first = first ?? error }
    }
    await trying { try await here.close(besides: endpoints) }
    for place in registry.places {
      await trying {
        try await Blocking.run { try registry.judge(place, byNoneBesides: endpoints) }
      }
      await trying { try await registry.proxy(at: place)?.close(besides: endpoints) }
    }
    if let first { throw first }
  }

  public func enter(_ member: BalancedMember, in frontend: Frontend) async throws {
    try await atEach(frontend) { try await $0.enter(member, in: frontend) }
  }

  public func drain(_ member: Name, in frontend: Frontend) async throws {
    try await atEach(frontend) { try await $0.drain(member, in: frontend) }
  }

  public func leave(_ member: Name, in frontend: Frontend) async throws {
    try await atEach(frontend) { try await $0.leave(member, in: frontend) }
  }

  /// The counters of all seats together. A seat that does not answer is opened again first; a member that is not in the same
  /// way at all of them is shown as draining, so that whoever mends members has it entered, or removed, everywhere.
  ///
  /// - Throws: `Problem` when no seat answers.
  public func statistics(of frontend: Frontend) async throws -> TrafficStatistics {
    let places = registry.places(at: frontend.listen.address)
    guard !places.isEmpty else { return try await here.statistics(of: frontend) }
    let results = await results(at: places) { proxy, place in
      try await counted(frontend, by: proxy, at: place)
    }
    note(results, of: frontend.listen)
    let answers = results.compactMap { try? $0.result.get() }
    guard !answers.isEmpty else { throw Self.refusal(results) ?? CancellationError() }
    for (place, problem) in results.compactMap(\.remark) {
      registry.note(problem, of: frontend.listen, at: place)
    }
    return TrafficStatistics(sum: answers.map(\.statistics))
  }

  /// The counters at one seat, once its HAProxy is as it should be. What ran before goes on when that fails, and is counted.
  private func counted(_ frontend: Frontend, by proxy: HAProxyBalancer, at place: SeatPlace)
    async throws -> CountedPlace
  {
    // Where this daemon has not opened it yet, whoever asks does.
    guard let listener = registry.listener(at: frontend.listen) else {
      return CountedPlace(statistics: try await proxy.statistics(of: frontend), problem: nil)
    }
    var problem: Problem?
    if registry.opened(frontend.listen, at: place) != listener {
      do { try await open(listener, by: proxy, at: place) } catch let error as Problem {
        problem = Self.problem(error, at: place, frontend.listen)
      }
    }
    do {
      return CountedPlace(statistics: try await proxy.statistics(of: frontend), problem: problem)
    } catch let error where !(error is CancellationError) {
      // It was tried just now: nothing runs that could go on.
      if let problem { throw problem }
      try await open(listener, by: proxy, at: place)
      return CountedPlace(statistics: try await proxy.statistics(of: frontend), problem: nil)
    }
  }
}
