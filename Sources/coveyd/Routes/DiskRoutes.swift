import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of guests' disks.
struct DiskRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/disks") { _, _ in try await list() }
    router.get("v1/guests/:name/disk") { _, context in try await info(context.name()) }
    router.post("v1/guests/:name/disk/move") { request, context in
      try await move(context.name(), request)
    }
    router.post("v1/guests/:name/disk/flatten") { _, context in
      try await GuestRoutes(house: house).ask(.flatten, of: context.name())
    }
    router.post("v1/guests/:name/disk/rebase") { request, context in
      let body = try await Answers.read(RebaseBody.self, from: request, orIfEmpty: RebaseBody())
      return try await GuestRoutes(house: house).ask(
        .rebase(onto: body.version), of: context.name())
    }
    router.post("v1/guests/:name/disk/resize") { request, context in
      let name = try context.name()
      let size = try ByteCount(try await Answers.read(ResizeBody.self, from: request).size)
      return try await GuestRoutes(house: house).answer(
        house.disks.resize(name, to: size), verb: "resize", name)
    }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    let places = try await house.disks.places()
    var items: [DiskView] = []
    for guest in inventory.guests.values.sorted(by: { $0.name < $1.name }) {
      items.append(await view(of: guest, among: places))
    }
    return try Answers.json(ListView(revision: inventory.revision, items: items))
  }

  private func info(_ name: Name) async throws -> Response {
    let guest = try await house.ledger.inventory.requireGuest(name)
    let usage = await house.ports.layers.usage(of: guest)
    var view = await view(of: guest, among: try await house.disks.places())
    view.layers = guest.disks.layersInOrder.reversed().map { layer in
      DiskView.LayerView(
        number: layer, file: house.files.layer(layer, of: guest),
        below: guest.disks.parents[layer] ?? nil,
        snapshot: guest.disks.snapshots.first { $0.layer == layer }?.name.text,
        used: usage.layers[layer]?.bytes ?? 0, active: layer == guest.disks.active)
    }
    return try Answers.json(InfoView(view))
  }

  private func view(of guest: Guest, among places: [DiskPlace]) async -> DiskView {
    let layers = house.ports.layers
    let size = try? await layers.size(of: guest.disks.active, of: guest)  // not there: null
    return DiskView(
      guest: guest.name.text, disk: "vda", mode: guest.disk.rawValue, size: size?.bytes,
      used: await layers.usage(of: guest).total.bytes,
      pool: DiskRequests.place(of: guest, among: places)?.name.text,
      folder: house.files.layers(of: guest), snapshots: guest.disks.snapshots.count,
      template: guest.template.text, templateDigest: guest.templateDigest)
  }

  private func move(_ name: Name, _ request: Request) async throws -> Response {
    let body = try await Answers.read(MoveBody.self, from: request)
    let rate = try body.rate.map { try ByteCount($0) }
    guard body.dryRun == true else {
      return try await GuestRoutes(house: house).answer(
        house.disks.move(name, to: body.to, rate: rate), verb: "move", name)
    }
    let guest = try await house.ledger.inventory.requireGuest(name)
    let survey = try await house.disks.survey(name, to: body.to)
    return try Answers.json(
      MoveView(
        guest: name.text, from: house.files.layers(of: guest), to: survey.folder,
        bytes: survey.usage.total.bytes, files: survey.files, free: survey.free.bytes,
        rate: Int64(survey.speed(atMost: rate)),
        seconds: survey.duration(atMost: rate).inSeconds))
  }
}
