import Covey
import CoveyEngine
import CoveyWire

extension BalancerView {
  /// - `findings`: of the latest look; empty before the first.
  init(_ balancer: MovingAddress, groups: [Name], findings: [SeatFinding]) {
    let found = Dictionary(findings.map { ($0.seat, $0) }, uniquingKeysWith: { one, _ in one })
    self.init(
      name: balancer.name.text, address: balancer.address.description, router: balancer.router,
      state: Self.state(of: balancer),
      active: balancer.active,
      since: balancer.active == nil ? nil : balancer.moves.last?.at.text,
      seats: balancer.seats.map { seat in
        let finding = found[seat.namespace]
        let listeners = finding?.listeners ?? [:]
        return Seat(
          namespace: seat.namespace, interface: seat.interface, address: seat.address.description,
          priority: balancer.priority(of: seat), active: balancer.active == seat.namespace,
          keepalived: finding?.isMoving,
          serving: Self.texts(listeners.filter(\.value).keys),
          silent: Self.texts(listeners.filter { !$0.value }.keys),
          problem: balancer.problems[seat.namespace].map(ErrorView.init))
      },
      groups: groups.map(\.text),
      moves: balancer.moves.reversed().map { Move(at: $0.at.text, to: $0.to) },
      created: balancer.created.text)
  }

  private static func texts(_ endpoints: some Sequence<Endpoint>) -> [String] {
    endpoints.sorted { $0.port < $1.port }.map(\.description)
  }

  private static func state(of balancer: MovingAddress) -> String {
    guard balancer.active != nil else { return balancer.moves.isEmpty ? "starting" : "failing" }
    return balancer.problems.isEmpty ? "steady" : "degraded"
  }
}
