import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of groups, and of documents that describe them.
struct GroupRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/groups") { _, _ in try await list() }
    router.post("v1/groups") { request, _ in try await create(request) }
    router.get("v1/groups/:name") { _, context in try await info(context.name()) }
    router.patch("v1/groups/:name") { request, context in
      let body = try await Answers.read(GroupSettingsBody.self, from: request)
      let unchanged = try await house.groups.set(context.name(), try GroupSettings(body))
      return try await info(context.name(), in: house.ledger.inventory, unchanged: unchanged)
    }
    router.delete("v1/groups/:name") { _, context in try await ask(.delete, of: context.name()) }
    router.post("v1/groups/:name/scale") { request, context in
      let body = try await Answers.read(ScaleBody.self, from: request)
      return try await ask(.scale(to: body.size), of: context.name())
    }
    router.post("v1/groups/:name/weight") { request, context in
      let body = try await Answers.read(WeightBody.self, from: request)
      return try await ask(.weigh(try Name(body.member), body.weight), of: context.name())
    }
    router.post("v1/groups/:name/pause") { _, context in try await ask(.pause, of: context.name()) }
    router.post("v1/groups/:name/resume") { _, context in
      try await ask(.resume, of: context.name())
    }
    UpdateRoutes(groups: self).add(to: router)
    router.get("v1/groups/:name/rounds") { request, context in
      try await rounds(context.name(), request)
    }
    router.post("v1/apply") { request, _ in try await apply(request) }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    var items: [GroupView] = []
    for group in inventory.groups.values.sorted(by: { $0.name < $1.name }) {
      items.append(await view(group, in: inventory))
    }
    return try Answers.json(ListView(revision: inventory.revision, items: items))
  }

  private func info(_ name: Name, _ status: HTTPResponse.Status = .ok) async throws -> Response {
    try await info(name, in: house.ledger.inventory, status)
  }

  /// - `unchanged`: why a request had nothing to do.
  func info(
    _ name: Name, in inventory: Inventory, _ status: HTTPResponse.Status = .ok,
    unchanged: String? = nil
  ) async throws -> Response {
    let group = try inventory.requireGroup(name)
    var view = await view(group, in: inventory)
    view.unchanged = unchanged
    let loads = await house.gauges.loads
    let health = await house.gauges.health
    let traffic = await house.gauges.traffic[name]?.statistics.members ?? [:]
    let reports = await house.gauges.reports
    let remarks = await house.gauges.remarks
    view.members = inventory.members(of: name).map { guest in
      MemberView(
        guest, load: loads[guest.name], traffic: traffic[guest.name], health: health[guest.name],
        report: reports[guest.name], remark: remarks[guest.name],
        weight: group.spec.listen.map { _ in group.weight(of: guest.name) })
    }
    return try Answers.json(InfoView(view), status)
  }

  private func view(_ group: Group, in inventory: Inventory) async -> GroupView {
    GroupView(
      group, in: inventory, at: house.ports.time.now(),
      traffic: await house.gauges.traffic[group.name],
      round: await house.gauges.latestRounds[group.name], domain: house.doctor.configuration.domain,
      wakes: await house.ports.activator.wakes(of: group.name))
  }

  private func create(_ request: Request) async throws -> Response {
    let body = try await Answers.read(GroupSettingsBody.self, from: request)
    let name = try Name(body.name ?? "")
    try await house.groups.create(name, try GroupSettings(body))
    return try await info(name, .created)
  }

  func ask(_ request: GroupRequest, of name: Name) async throws -> Response {
    let before = await house.ledger.inventory
    let unchanged = try await house.ledger.request(request, on: name)
    let now = await house.ledger.inventory
    // A group without members may be gone already; then it is shown as it was.
    return try await info(
      name, in: now.groups[name] == nil ? before : now, unchanged: unchanged)
  }

  private func rounds(_ name: Name, _ request: Request) async throws -> Response {
    let inventory = await house.ledger.inventory
    _ = try inventory.requireGroup(name)
    let limit = min(max(request.number("limit") ?? 100, 1), 4000)
    let rounds = try await house.rounds.rounds(of: name, limit: limit)
    return try Answers.json(
      ListView(revision: inventory.revision, items: rounds.map(RoundView.init)))
  }

  private func apply(_ request: Request) async throws -> Response {
    let body = try await Answers.read(ApplyBody.self, from: request)
    let documents = try GroupDocument.all(file: body.file, yaml: body.yaml)
    let changes = try await house.groups.apply(documents, dryRun: body.dryRun).map { change in
      let fields = change.old.map { $0.differences(from: change.new) } ?? []
      let what = change.old == nil ? "created" : fields.isEmpty ? "unchanged" : "changed"
      return ApplyView.Change(subject: "group \(change.name)", what: what, fields: fields)
    }
    return try Answers.json(ApplyView(dryRun: body.dryRun, changes: changes))
  }
}
