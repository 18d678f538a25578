import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of the places for disks.
struct PoolRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/pools") { _, _ in
      let views = try await views()
      let revision = await house.ledger.inventory.revision
      return try Answers.json(ListView(revision: revision, items: views))
    }
    router.post("v1/pools") { request, _ in
      let body = try await Answers.read(PoolBody.self, from: request)
      let name = try Name(body.name)
      try await house.disks.createPool(name, at: try FolderPath(body.path))
      return try Answers.json(InfoView(try await view(of: name)), .created)
    }
    router.get("v1/pools/:name") { _, context in
      try Answers.json(InfoView(try await view(of: context.name())))
    }
    router.delete("v1/pools/:name") { _, context in
      let name = try context.name()
      let view = try await view(of: name)
      try await house.disks.deletePool(name)
      return try Answers.json(InfoView(view))
    }
  }

  private func view(of name: Name) async throws -> PoolView {
    if let view = try await views().first(where: { $0.name == name.text }) { return view }
    _ = try await house.ledger.inventory.requirePool(name)
    throw Refusal.noSuchPool(name, nearest: nil)
  }

  private func views() async throws -> [PoolView] {
    try await house.disks.placesInUse().map { use in
      PoolView(
        name: use.place.name.text, path: use.place.folder.text, keeper: use.place.keeper.rawValue,
        capacity: use.space?.capacity.bytes, free: use.space?.free.bytes, used: use.used.bytes,
        provisioned: use.provisioned.bytes, guests: use.guests.map(\.text))
    }
  }
}
