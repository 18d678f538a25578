import Covey
import Foundation
import Synchronization

/// Which seats there are, what was opened at them, and what is wrong there: what the two ports on seats share.
///
/// Kept in memory alone; it is told again after a start (`serve`), and each group is opened again by its keeper.
final class SeatRegistry: Sendable {
  private struct State {
    var balancers: [Name: MovingAddress] = [:]
    /// Kept for as long as a seat is served, since each orders its calls.
    var proxies: [SeatPlace: HAProxyBalancer] = [:]
    var frontends: [Name: Frontend] = [:]
    /// As they run at each seat.
    var opened: [SeatPlace: [Name: Frontend]] = [:]
    var problems: [SeatPlace: [Name: Problem]] = [:]
  }

  let root: String
  /// Calls on one balancer are made one after the other.
  let turns = Turns()
  private let program: String?
  private let state = Mutex(State())
  /// Lists of listeners are changed one at a time.
  private let lists = Mutex(())

  init(root: String, program: String?) {
    self.root = URL(fileURLWithPath: root).standardizedFileURL.path
    self.program = program
  }

  func serve(_ balancers: [MovingAddress]) {
    let named = Dictionary(balancers.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    let places = Set(balancers.flatMap { SeatPlace.places(of: $0, root: root) })
    state.withLock { state in
      state.balancers = named
      state.proxies = state.proxies.filter { places.contains($0.key) }
      state.opened = state.opened.filter { places.contains($0.key) }
      state.problems = state.problems.filter { places.contains($0.key) }
      for place in places where state.proxies[place] == nil {
        state.proxies[place] = HAProxyBalancer(
          folder: place.path, program: program, namespace: place.seat.namespace)
      }
    }
  }

  func isServed(_ balancer: Name) -> Bool { state.withLock { $0.balancers[balancer] != nil } }

  /// All seats, in an order that stays.
  var places: [SeatPlace] { state.withLock { Array($0.proxies.keys) }.sorted { $0.path < $1.path } }

  /// The seats of the balancer whose address it is; empty for an address that does not move.
  func places(at address: IPv4Address) -> [SeatPlace] {
    let found = state.withLock { state in
      state.balancers.values.first { $0.address.address == address }
    }
    return found.map { SeatPlace.places(of: $0, root: root) } ?? []
  }

  func proxy(at place: SeatPlace) -> HAProxyBalancer? { state.withLock { $0.proxies[place] } }

  func frontend(of group: Name) -> Frontend? { state.withLock { $0.frontends[group] } }
  func note(_ frontend: Frontend?, of group: Name) {
    state.withLock { $0.frontends[group] = frontend }
  }

  /// What a group's HAProxy at a seat was opened as, by this daemon.
  func opened(_ group: Name, at place: SeatPlace) -> Frontend? {
    state.withLock { $0.opened[place]?[group] }
  }
  func noteOpened(_ frontend: Frontend?, of group: Name, at place: SeatPlace) {
    state.withLock { $0.opened[place, default: [:]][group] = frontend }
  }

  func problem(of group: Name, at place: SeatPlace) -> Problem? {
    state.withLock { $0.problems[place]?[group] }
  }
  func problem(at place: SeatPlace) -> Problem? {
    state.withLock { $0.problems[place]?.min { $0.key < $1.key }?.value }
  }

  func note(_ problem: Problem?, of group: Name, at place: SeatPlace) {
    state.withLock { state in
      guard state.proxies[place] != nil else { return }
      state.problems[place, default: [:]][group] = problem
    }
  }

  /// Whether keepalived's check asks the group's HAProxy. Blocks.
  func judge(_ place: SeatPlace, by group: Name, _ isJudged: Bool) throws {
    let socket = BalancerFolder(root: place.path, group: group).socket
    try lists.withLock { _ in
      let others = place.sockets().filter { $0 != socket }
      try place.setSockets(isJudged ? others + [socket] : others)
    }
  }

  /// Takes all groups but these out of what keepalived's check asks. Blocks.
  func judge(_ place: SeatPlace, byNoneBesides groups: Set<Name>) throws {
    let kept = Set(groups.map { BalancerFolder(root: place.path, group: $0).socket })
    try lists.withLock { _ in try place.setSockets(place.sockets().filter(kept.contains)) }
  }
}
