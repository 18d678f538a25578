import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of guests' snapshots.
struct SnapshotRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/guests/:name/snapshots") { _, context in try await list(context.name()) }
    router.post("v1/guests/:name/snapshots") { request, context in
      try await take(of: context.name(), request)
    }
    router.post("v1/guests/:name/snapshots/:snapshot/restore") { request, context in
      try await restore(context.name(), to: context.snapshot(), request)
    }
    router.delete("v1/guests/:name/snapshots/:snapshot") { _, context in
      try await ask(.deleteSnapshot(context.snapshot()), of: context.name())
    }
    router.get("v1/guests/:name/snapshots/:snapshot/diff") { request, context in
      let other = try request.uri.queryParameters["to"].map { try Name(String($0)) }
      return try await difference(of: context.name(), from: context.snapshot(), to: other)
    }
  }

  private func list(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let guest = try inventory.requireGuest(name)
    let usage = await house.ports.layers.usage(of: guest)
    return try Answers.json(
      SnapshotListView(of: guest, usage: usage, revision: inventory.revision))
  }

  private func take(of name: Name, _ request: Request) async throws -> Response {
    let body = try await Answers.read(
      SnapshotBody.self, from: request, orIfEmpty: SnapshotBody())
    let wish = try SnapshotRequest(
      name: try body.name.map { try Name($0) }, note: body.note,
      savesMemory: body.memory ?? false)
    return try await ask(.snapshot(wish), of: name)
  }

  private func restore(_ name: Name, to snapshot: Name, _ request: Request) async throws
    -> Response
  {
    let body = try await Answers.read(RestoreBody.self, from: request, orIfEmpty: RestoreBody())
    let wish = RestoreRequest(
      snapshot: snapshot, discards: body.discard ?? false, starts: body.start ?? false,
      stopWithin: try body.within.map { try Duration(reading: $0) } ?? Guest.stopWithin)
    return try await ask(.restore(wish), of: name)
  }

  private func difference(of name: Name, from old: Name, to new: Name?) async throws -> Response {
    let guest = try await house.ledger.inventory.requireGuest(name)
    let start = try guest.requireSnapshot(old).layer
    let end = try new.map { try guest.requireSnapshot($0).layer } ?? guest.disks.active
    let layers = house.ports.layers
    let view = DifferenceView(
      guest: name.text, from: old.text, to: new?.text,
      changed: try await layers.difference(between: start, and: end, of: guest).bytes,
      disk: try await layers.size(of: end, of: guest).bytes)
    return try Answers.json(view)
  }

  private func ask(_ request: GuestRequest, of name: Name) async throws -> Response {
    try await GuestRoutes(house: house).ask(request, of: name)
  }
}

extension RequestContext {
  /// The snapshot in the path. Throws `Refusal.malformedName`.
  fileprivate func snapshot() throws -> Name { try Name(parameters.require("snapshot")) }
}
