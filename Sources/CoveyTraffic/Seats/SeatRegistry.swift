import Covey
import CoveyEngine
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
    var listeners: [Endpoint: Listener] = [:]
    /// As they run at each seat.
    var opened: [SeatPlace: [Endpoint: Listener]] = [:]
    var problems: [SeatPlace: [Endpoint: Problem]] = [:]
  }

  let root: String
  /// Calls on one balancer are made one after the other.
  let turns = Turns<String>()
  private let template: HAProxyTemplate
  private let program: String?
  private let state = Mutex(State())
  /// Lists of listeners are changed one at a time.
  private let lists = Mutex(())

  init(root: String, template: HAProxyTemplate, program: String?) {
    self.template = template
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
          folder: place.path, template: template, program: program,
          limit: RuntimeSocket.usualLimit, namespace: place.seat.namespace, secrets: root)
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

  func listener(at endpoint: Endpoint) -> Listener? {
    state.withLock { $0.listeners[endpoint] }
  }
  func note(_ listener: Listener?, at endpoint: Endpoint) {
    state.withLock { $0.listeners[endpoint] = listener }
  }

  /// What a HAProxy at a seat was opened as, by this daemon.
  func opened(_ endpoint: Endpoint, at place: SeatPlace) -> Listener? {
    state.withLock { $0.opened[place]?[endpoint] }
  }
  func noteOpened(_ listener: Listener?, of endpoint: Endpoint, at place: SeatPlace) {
    state.withLock { $0.opened[place, default: [:]][endpoint] = listener }
  }

  func problem(of endpoint: Endpoint, at place: SeatPlace) -> Problem? {
    state.withLock { $0.problems[place]?[endpoint] }
  }
  func problem(at place: SeatPlace) -> Problem? {
    state.withLock { $0.problems[place]?.min { $0.key.port < $1.key.port }?.value }
  }

  func note(_ problem: Problem?, of endpoint: Endpoint, at place: SeatPlace) {
    state.withLock { state in
      guard state.proxies[place] != nil else { return }
      state.problems[place, default: [:]][endpoint] = problem
    }
  }

  /// Whether keepalived's check asks the HAProxy of a listener. Blocks.
  func judge(_ place: SeatPlace, by endpoint: Endpoint, _ isJudged: Bool) throws {
    let socket = BalancerFolder(root: place.path, listen: endpoint).socket
    try lists.withLock { _ in
      let others = place.sockets().filter { $0 != socket }
      try place.setSockets(isJudged ? others + [socket] : others)
    }
  }

  /// Takes all listeners but these out of what keepalived's check asks. Blocks.
  func judge(_ place: SeatPlace, byNoneBesides endpoints: Set<Endpoint>) throws {
    let kept = Set(endpoints.map { BalancerFolder(root: place.path, listen: $0).socket })
    try lists.withLock { _ in try place.setSockets(place.sockets().filter(kept.contains)) }
  }
}
