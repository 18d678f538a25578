import Covey
import CoveyEngine
import Foundation

extension SeatedBalancer {
  /// What became of a call at one seat.
  struct PlaceResult<Value: Sendable>: Sendable {
    let place: SeatPlace
    let result: Result<Value, any Error>
  }

  /// What was counted at one seat, and what is wrong there all the same.
  struct CountedPlace: Sendable {
    let statistics: TrafficStatistics
    let problem: Problem?
  }

  /// Calls at several seats side by side: a mute one does not hold up the others. In their order.
  func results<Value: Sendable>(
    at places: [SeatPlace],
    _ body: @escaping @Sendable (HAProxyBalancer, SeatPlace) async throws -> Value
  ) async -> [PlaceResult<Value>] {
    let results = await withTaskGroup(of: PlaceResult<Value>?.self) { tasks in
      for place in places {
        guard let proxy = registry.proxy(at: place) else { continue }
        tasks.addTask {
          do {
            return PlaceResult(place: place, result: .success(try await body(proxy, place)))
          } catch { return PlaceResult(place: place, result: .failure(error)) }
        }
      }
      var results: [PlaceResult<Value>] = []
      for await one in tasks { if let one { results.append(one) } }
      return results
    }
    return results.sorted { $0.place.path < $1.place.path }
  }

  /// Makes a change of members at every seat of the group's listener. A seat at which it fails is opened again at the next
  /// look, and then mended.
  ///
  /// - Throws: `Problem` when it failed everywhere.
  func atEach(
    _ frontend: Frontend, _ body: @escaping @Sendable (any Balancer) async throws -> Void
  ) async throws {
    let places = registry.places(at: frontend.listen.address)
    guard !places.isEmpty else { return try await body(here) }
    let results = await results(at: places) { proxy, _ in try await body(proxy) }
    // Why a HAProxy is not there says more than that it does not take a member.
    let endpoint = frontend.listen
    note(results.filter { registry.problem(of: endpoint, at: $0.place) == nil }, of: endpoint)
    if let problem = Self.refusal(results) { throw problem }
  }

  /// Failures become problems of their seats, successes take them away; a cancelled call says nothing.
  func note<Value>(_ results: [PlaceResult<Value>], of endpoint: Endpoint) {
    for one in results {
      switch one.result {
      case .success: registry.note(nil, of: endpoint, at: one.place)
      case .failure(let error):
        guard !(error is CancellationError) else { continue }
        registry.note(Self.problem(error, at: one.place, endpoint), of: endpoint, at: one.place)
      }
    }
  }

  /// The first failure, when there is no success.
  static func refusal<Value>(_ results: [PlaceResult<Value>]) -> (any Error)? {
    var first: (any Error)?
    for one in results {
      guard case .failure(let error) = one.result else { return nil }
      first = first ?? error
    }
    return first
  }

  static func problem(_ error: any Error, at place: SeatPlace, _ endpoint: Endpoint)
    -> Problem
  {
    let problem = error as? Problem
    // Told twice it would be no clearer.
    if let problem, problem.subject == place.subject { return problem }
    return Problem(
      problem?.code ?? .internal, subject: place.subject,
      "HAProxy on \(endpoint): \(problem?.message ?? "\(error)")",
      hint: problem?.hint ?? "see the daemon's log")
  }
}

extension SeatedBalancer.PlaceResult where Value == SeatedBalancer.CountedPlace {
  /// What is wrong at a seat whose counters were read.
  var remark: (SeatPlace, Problem)? {
    guard case .success(let counted) = result, let problem = counted.problem else { return nil }
    return (place, problem)
  }
}

extension TrafficStatistics {
  /// What several HAProxy with the same members counted, together. Pure.
  init(sum parts: [TrafficStatistics]) {
    let names = Set(parts.flatMap(\.members.keys))
    let members = names.map { name in
      let seen = parts.compactMap { $0.members[name] }
      let isEverywhere = seen.count == parts.count
      return (
        name,
        Member(
          isUp: seen.contains(where: \.isUp),
          isDraining: !isEverywhere || seen.contains(where: \.isDraining),
          sessions: seen.map(\.sessions).reduce(0, +), requests: seen.map(\.requests).reduce(0, +),
          failures: seen.map(\.failures).reduce(0, +))
      )
    }
    func sum(_ count: KeyPath<TrafficStatistics, Int>) -> Int {
      parts.reduce(0) { $0 + $1[keyPath: count] }
    }
    self.init(
      members: Dictionary(uniqueKeysWithValues: members), requests: sum(\.requests),
      failures: sum(\.failures), queued: sum(\.queued), sessions: sum(\.sessions))
  }
}
