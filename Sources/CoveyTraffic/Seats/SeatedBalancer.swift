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
  }

  /// A seat is judged by a listener from the moment at which it was there once: one that never came to be must not keep the
  /// address away from the seat's other listeners.
  func open(_ listener: Listener, by proxy: HAProxyBalancer, at place: SeatPlace) async throws {
    try await Blocking.run { try place.create() }
    try await proxy.open(listener)
    try await Blocking.run { try registry.judge(place, by: listener.endpoint, true) }
  }

  public func renewCertificates(of listener: Listener) async throws {
    let places = registry.places(at: listener.endpoint.address)
    guard !places.isEmpty else { return try await here.renewCertificates(of: listener) }
    let results = await results(at: places) { proxy, _ in
      try await proxy.renewCertificates(of: listener)
    }
    note(results, of: listener.endpoint)
    if let problem = Self.refusal(results) { throw problem }
  }

  public func close(_ endpoint: Endpoint) async throws {
    registry.note(nil, at: endpoint)
    let places = registry.places(at: endpoint.address)
    guard !places.isEmpty else { return try await here.close(endpoint) }
    for place in places {
      // First, so that an ending on purpose moves no address.
      try await Blocking.run { try registry.judge(place, by: endpoint, false) }
      try await registry.proxy(at: place)?.close(endpoint)
      registry.note(nil, of: endpoint, at: place)
    }
  }

  public func close(besides endpoints: Set<Endpoint>) async {
    await here.close(besides: endpoints)
    for place in registry.places {
      try? await Blocking.run { try registry.judge(place, byNoneBesides: endpoints) }
      await registry.proxy(at: place)?.close(besides: endpoints)
    }
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
    let listener = registry.listener(at: frontend.listen)
    let results = await results(at: places) { proxy, place in
      do { return try await proxy.statistics(of: frontend) } catch let error
        where !(error is CancellationError)
      {
        // Not opened by this daemon yet: whoever asks opens it.
        guard let listener else { throw error }
        try await open(listener, by: proxy, at: place)
        return try await proxy.statistics(of: frontend)
      }
    }
    note(results, of: frontend.listen)
    let counted = results.compactMap { try? $0.result.get() }
    guard !counted.isEmpty else { throw Self.refusal(results) ?? CancellationError() }
    return TrafficStatistics(sum: counted)
  }
}
