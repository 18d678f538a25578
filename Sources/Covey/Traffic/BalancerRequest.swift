/// Everything that may change the balancers that owners make.
public enum BalancerRequest: Hashable, Sendable {
  /// - `router`: nil takes the lowest number that no other balancer has, from 1 on.
  case create(NetworkAddress, seats: [Seat], router: Int?)
  case delete

  /// Decides what a request means, as the events that make it so. Pure.
  ///
  /// Order of checks: the name, the seats, the address, the number of the virtual router.
  public func decide(_ name: Name, in inventory: Inventory, at now: Timestamp)
    -> Decision<[Event]>
  {
    do throws(Refusal) {
      switch self {
      case .create(let address, let seats, let router):
        guard inventory.balancers[name] == nil else { throw .balancerExists(name) }
        try Self.check(seats, for: address)
        let others = inventory.balancers.values
        if let other = others.first(where: { $0.address.address == address.address }) {
          throw .addressTaken(address.address, balancer: other.name)
        }
        let groups = inventory.groups(on: address.address)
        guard groups.isEmpty else { throw .addressOfGroups(address.address, groups: groups) }
        let number = try Self.router(router, in: inventory)
        return .proceed([
          .balancerCreated(
            MovingAddress(
              name: name, address: address, router: number, seats: seats, created: now))
        ])
      case .delete:
        let balancer = try inventory.requireBalancer(name)
        let groups = inventory.groups(on: balancer.address.address)
        guard groups.isEmpty else { throw .balancerInUse(name, groups: groups) }
        return .proceed([.balancerDeleted(name)])
      }
    } catch {
      return .refuse(error)
    }
  }

  private static func check(_ seats: [Seat], for address: NetworkAddress) throws(Refusal) {
    guard MovingAddress.seatsAllowed.contains(seats.count) else {
      throw .outOfRange(
        field: "seat", value: seats.count == 1 ? "given once" : "given \(seats.count) times",
        allowed: "it 2 to 4 times: each is a place to which the address can move")
    }
    for (index, seat) in seats.enumerated() {
      let earlier = seats[..<index]
      if earlier.contains(where: { $0.namespace == seat.namespace }) {
        throw .seatsEqual("namespace \(seat.namespace)")
      }
      if earlier.contains(where: { $0.address == seat.address }) {
        throw .seatsEqual("address \(seat.address)")
      }
      guard seat.address != address.address else {
        throw .malformedSeat(seat.description, why: "its own address is the one that moves")
      }
      guard address.contains(seat.address) else {
        throw .malformedSeat(
          seat.description, why: "\(seat.address) is not in the network of \(address)")
      }
    }
  }

  private static func router(_ asked: Int?, in inventory: Inventory) throws(Refusal) -> Int {
    let taken = Dictionary(
      inventory.balancers.values.map { ($0.router, $0.name) }, uniquingKeysWith: { one, _ in one })
    guard let asked else {
      guard let free = MovingAddress.routersAllowed.first(where: { taken[$0] == nil }) else {
        throw .noRouterLeft
      }
      return free
    }
    guard MovingAddress.routersAllowed.contains(asked) else {
      throw .outOfRange(field: "router", value: "\(asked)", allowed: "1 to 255")
    }
    if let other = taken[asked] { throw .routerTaken(asked, balancer: other) }
    return asked
  }
}

extension Inventory {
  /// Groups that listen on an address.
  public func groups(on address: IPv4Address) -> [Name] {
    groups.values.filter { $0.spec.listen?.address == address }.map(\.name).sorted()
  }
}
