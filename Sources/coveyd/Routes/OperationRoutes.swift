import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of what takes time and of what happened; both let a client wait for news.
struct OperationRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/operations/:name") { request, context in
      try await operation(context.parameters.require("name"), request)
    }
    router.post("v1/operations/:name/cancel") { _, context in
      try await cancel(context.parameters.require("name"))
    }
    router.get("v1/operations") { _, _ in try await list() }
    router.get("v1/events") { request, _ in try await events(request) }
  }

  private func list() async throws -> Response {
    let inventory = await house.ledger.inventory
    let now = house.ports.time.now()
    let guests = inventory.operations.values.map { view($0, inventory.revision) }
    let builds = await house.workshop.allJobs.map { OperationView($0, at: now) }
    let items = (guests + builds).sorted { $0.id > $1.id }
    return try Answers.json(ListView(revision: inventory.revision, items: items))
  }

  private func operation(_ id: String, _ request: Request) async throws -> Response {
    let after = request.number("after") ?? -1
    if await house.workshop.job(id) != nil {
      let job = await house.workshop.job(id, newerThan: after, within: request.wait)
      if let job { return try Answers.json(OperationView(job, at: house.ports.time.now())) }
    }
    let inventory = try await newer(than: after, about: id, request)
    guard let operation = inventory.operations[id] else {
      throw Problem(
        .notFound, subject: "operation \(id)", "there is no operation \"\(id)\"",
        hint: "see: covey operations list; old ones are forgotten")
    }
    return try Answers.json(view(operation, inventory.revision))
  }

  private func view(_ operation: Operation, _ revision: Int) -> OperationView {
    var view = OperationView(operation, revision: revision, at: house.ports.time.now())
    view.progress = house.progress.entry(of: operation.id).map(ProgressView.init)
    return view
  }

  private func cancel(_ id: String) async throws -> Response {
    let unchanged = try await house.ledger.cancel(id)
    let inventory = await house.ledger.inventory
    guard let operation = inventory.operations[id] else { return Response(status: .noContent) }
    var view = view(operation, inventory.revision)
    if let unchanged { (view.unchanged, view.stage) = (true, unchanged) }
    return try Answers.json(view, unchanged == nil ? .accepted : .ok)
  }

  /// How often a waiting client hears how far a long step is.
  private static let progressEvery: Duration = .seconds(1)

  /// Waits until this operation changed, not just any; other guests' news wake nobody.
  private func newer(than revision: Int, about id: String, _ request: Request) async throws
    -> Inventory
  {
    var inventory = await house.ledger.inventory
    let isMoving = house.progress.entry(of: id) != nil
    let wait = isMoving ? min(request.wait, Self.progressEvery) : request.wait
    let end = house.ports.time.now() + wait
    while let operation = inventory.operations[id], operation.revision <= revision,
      !operation.status.isOver
    {
      let left = end - house.ports.time.now()
      guard left > .zero else { break }
      inventory = await house.ledger.inventory(
        newerThan: inventory.revision, within: left, on: house.ports.time)
    }
    return inventory
  }

  private func events(_ request: Request) async throws -> Response {
    let limit = min(max(request.number("limit") ?? 100, 1), 1000)
    var inventory = await house.ledger.inventory
    let after = request.number("after") ?? max(0, inventory.revision - limit)
    if inventory.revision <= after, request.wait > .zero {
      inventory = await house.ledger.inventory(
        newerThan: after, within: request.wait, on: house.ports.time)
    }
    let events = try await house.ledger.events(after: after, limit: limit)
    let items = events.map { logged in
      let words = logged.event.words(in: inventory)
      return EventView(
        revision: logged.revision, at: logged.at.text, kind: logged.event.kind,
        subject: words.subject, group: words.group?.text, message: words.message)
    }
    return try Answers.json(ListView(revision: items.last?.revision ?? after, items: items))
  }
}
