import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of templates.
struct TemplateRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/templates") { _, _ in try await list() }
    router.post("v1/templates") { request, _ in try await build(request) }
    router.get("v1/templates/:name") { _, context in try await info(context.name()) }
    router.delete("v1/templates/:name") { request, context in
      try await delete(
        context.name(), version: request.uri.queryParameters["version"].map(String.init))
    }
    router.get("v1/templates/:name/lint") { _, context in try await lint(context.name()) }
    router.post("v1/templates/:name/warm") { request, context in
      try await warm(context.name(), request)
    }
    router.delete("v1/templates/:name/warm") { _, context in try await cool(context.name()) }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    let templates = inventory.templates.values.sorted {
      ($0.name, $1.created) < ($1.name, $0.created)
    }
    let usage = await usage(of: Array(inventory.warmSets.values))
    return try Answers.json(
      ListView(
        revision: inventory.revision,
        items: templates.map { TemplateView($0, in: inventory, usage: usage) }))
  }

  private func info(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let template = try inventory.requireTemplate(name)
    let usage = await usage(of: inventory.warmSets(of: name))
    return try Answers.json(
      InfoView(TemplateView(detailed: template, in: inventory, usage: usage)))
  }

  private func usage(of sets: [WarmSet]) async -> [String: WarmUsage] {
    var usage: [String: WarmUsage] = [:]
    for set in sets { usage[set.id] = await house.ports.warmth.usage(of: set) }
    return usage
  }

  private func lint(_ name: Name) async throws -> Response {
    let template = try await house.ledger.inventory.requireTemplate(name)
    let facts = try await house.ports.shelf.inspect(template)
    return try Answers.json(LintView(TemplateLint.findings(of: template, in: facts), of: template))
  }

  private func build(_ request: Request) async throws -> Response {
    let body = try await Answers.read(BuildTemplateBody.self, from: request)
    guard body.folder.hasPrefix("/") else {
      throw Problem(
        .invalid, subject: body.folder, "\"\(body.folder)\" is not an absolute path",
        hint: "name the template's folder from / on")
    }
    let job = await house.workshop.build(folder: body.folder)
    return try Answers.json(OperationView(job, at: house.ports.time.now()), .accepted)
  }

  /// - `version`: the beginning of its digest; nil is all versions.
  private func delete(_ name: Name, version: String?) async throws -> Response {
    let inventory = await house.ledger.inventory
    let template = try inventory.requireVersion(version, of: name)
    try await house.workshop.delete(name, version: version)
    return try Answers.json(InfoView(TemplateView(detailed: template, in: inventory)))
  }

  private func warm(_ name: Name, _ request: Request) async throws -> Response {
    let body = try await Answers.read(WarmBody.self, from: request, orIfEmpty: WarmBody())
    let wish = WarmRequest(
      template: name, cpus: body.cpus, memory: try body.memory.map { try ByteCount($0) })
    let now = house.ports.time.now()
    switch try await house.workshop.warm(wish) {
    case .began(let job): return try Answers.json(OperationView(job, at: now), .accepted)
    case .unchanged(let reason):
      let revision = await house.ledger.inventory.revision
      return try Answers.json(
        OperationView(
          unchanged: reason, verb: "warm", subject: "template \(name)", revision: revision, at: now)
      )
    }
  }

  /// Answers with the template as it was, so that one sees what was freed.
  private func cool(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let template = try inventory.requireTemplate(name)
    let usage = await usage(of: inventory.warmSets(of: name))
    let view = TemplateView(detailed: template, in: inventory, usage: usage)
    _ = try await house.workshop.cool(name)
    return try Answers.json(InfoView(view))
  }
}
