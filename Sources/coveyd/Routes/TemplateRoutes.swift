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
    router.delete("v1/templates/:name") { _, context in try await delete(context.name()) }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    let templates = inventory.templates.values.sorted {
      ($0.name, $1.created) < ($1.name, $0.created)
    }
    return try Answers.json(
      ListView(
        revision: inventory.revision, items: templates.map { TemplateView($0, in: inventory) }))
  }

  private func info(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let template = try inventory.requireTemplate(name)
    return try Answers.json(InfoView(TemplateView(detailed: template, in: inventory)))
  }

  private func build(_ request: Request) async throws -> Response {
    let body = try await Answers.read(BuildTemplateBody.self, from: request)
    guard body.folder.hasPrefix("/") else {
      throw Problem(
        .invalid, subject: body.folder, "\"\(body.folder)\" is not an absolute path",
        hint: "name the template's folder from / on")
    }
    let job = await house.workshop.request(folder: body.folder)
    return try Answers.json(OperationView(job, at: house.ports.time.now()), .accepted)
  }

  private func delete(_ name: Name) async throws -> Response {
    let inventory = await house.ledger.inventory
    let template = try inventory.requireTemplate(name)
    for version in try await house.ledger.deleteTemplate(name) {
      try await house.ports.shelf.remove(version)
    }
    return try Answers.json(InfoView(TemplateView(detailed: template, in: inventory)))
  }
}
