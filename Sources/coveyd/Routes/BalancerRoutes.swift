import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of balancers whose address moves between seats.
struct BalancerRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/balancers") { _, _ in
      let inventory = await house.ledger.inventory
      var views: [BalancerView] = []
      for balancer in inventory.balancers.values.sorted(by: { $0.name < $1.name }) {
        views.append(await view(balancer, in: inventory))
      }
      return try Answers.json(ListView(revision: inventory.revision, items: views))
    }
    router.post("v1/balancers") { request, _ in
      let body = try await Answers.read(BalancerBody.self, from: request)
      let name = try Name(body.name)
      let seats = try body.seats.map { text throws(Refusal) in try Seat(text) }
      let isDry = body.dryRun ?? false
      let made = try await house.balancers.create(
        name, at: try NetworkAddress(body.address), seats: seats, router: body.router,
        dryRun: isDry)
      let view = await view(made, in: house.ledger.inventory)
      return try Answers.json(InfoView(view), isDry ? .ok : .created)
    }
    router.get("v1/balancers/:name") { _, context in
      try Answers.json(InfoView(try await view(of: context.name())))
    }
    router.delete("v1/balancers/:name") { request, context in
      let name = try context.name()
      let view = try await view(of: name)
      try await house.balancers.delete(
        name, dryRun: request.uri.queryParameters["dryRun"].map { $0 == "true" } ?? false)
      return try Answers.json(InfoView(view))
    }
  }

  private func view(of name: Name) async throws -> BalancerView {
    let inventory = await house.ledger.inventory
    return await view(try inventory.requireBalancer(name), in: inventory)
  }

  private func view(_ balancer: MovingAddress, in inventory: Inventory) async -> BalancerView {
    BalancerView(
      balancer, groups: inventory.groups(on: balancer.address.address),
      findings: await house.seatKeeper.findings[balancer.name] ?? [])
  }
}
