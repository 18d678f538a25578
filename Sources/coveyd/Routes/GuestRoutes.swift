import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyWire
import Hummingbird

/// Routes of guests.
struct GuestRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/guests") { _, _ in try await list() }
    router.post("v1/guests") { request, _ in try await launch(request) }
    router.get("v1/guests/:name") { _, context in try await info(context.name()) }
    router.get("v1/guests/:name/logs") { request, context in
      try await logs(context.name(), request)
    }
    router.post("v1/guests/:name/start") { _, context in
      try await ask(.start, of: context.name())
    }
    router.post("v1/guests/:name/stop") { request, context in
      let body = try await Answers.read(StopBody.self, from: request, orIfEmpty: StopBody())
      let within = try stopWithin(body)
      return try await ask(.stop(within: within, force: body.force ?? false), of: context.name())
    }
    router.post("v1/guests/:name/restart") { request, context in
      let body = try await Answers.read(StopBody.self, from: request, orIfEmpty: StopBody())
      let restart = GuestRequest.restart(
        within: try stopWithin(body), force: body.force ?? false)
      return try await ask(restart, of: context.name())
    }
    router.delete("v1/guests/:name") { request, context in
      let force = request.uri.queryParameters["force"] == "true"
      return try await ask(.delete(force: force), of: context.name())
    }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    let loads = await house.gauges.loads
    let guests = inventory.guests.values.sorted { $0.name < $1.name }
    let items = guests.map { GuestView($0, in: inventory, load: loads[$0.name]) }
    return try Answers.json(ListView(revision: inventory.revision, items: items))
  }

  private func info(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let guest = try inventory.requireGuest(name)
    var view = GuestView(guest, in: inventory, load: await house.gauges.loads[name])
    view.diskUsed = await house.ports.disks.usage(of: guest)?.bytes
    view.console = house.files.console(of: name)
    view.log = house.files.log(of: name)
    return try Answers.json(InfoView(view))
  }

  private func logs(_ name: Name, _ request: Request) async throws -> Response {
    _ = try await house.ledger.inventory.requireGuest(name)
    let count = min(max(request.number("lines") ?? 100, 1), 10_000)
    let lines = await house.ports.hypervisor.consoleTail(of: name, lines: count)
    return try Answers.json(LogView(guest: name.text, lines: lines))
  }

  private func launch(_ request: Request) async throws -> Response {
    let body = try await Answers.read(LaunchBody.self, from: request)
    let launch = LaunchRequest(
      name: try Name(body.name), template: try Name(body.template), cpus: body.cpus,
      memory: try body.memory.map { try ByteCount($0) },
      disk: try body.disk.map { try DiskMode(reading: $0) } ?? .persistent,
      readyWithin: try body.readyWithin.map { try Duration(reading: $0) },
      keepsFailed: body.keepFailed ?? false, boots: body.boot ?? false,
      diskSize: try body.diskSize.map { try ByteCount($0).wholeMebibytes })
    return try await answer(house.guests.launch(launch), verb: "launch", launch.name)
  }

  func ask(_ request: GuestRequest, of name: Name) async throws -> Response {
    try await answer(house.ledger.request(request, on: name), verb: request.verb, name)
  }

  func answer(_ outcome: Ledger.Outcome, verb: String, _ name: Name) async throws
    -> Response
  {
    let now = house.ports.time.now()
    let revision = await house.ledger.inventory.revision
    switch outcome {
    case .began(let operation):
      return try Answers.json(OperationView(operation, revision: revision, at: now), .accepted)
    case .unchanged(let reason):
      return try Answers.json(
        OperationView(
          unchanged: reason, verb: verb, subject: "guest \(name)", revision: revision, at: now))
    }
  }

  private func stopWithin(_ body: StopBody) throws -> Duration {
    try body.within.map { try Duration(reading: $0) } ?? Guest.stopWithin
  }
}
