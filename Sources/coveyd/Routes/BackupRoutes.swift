import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes of backups.
struct BackupRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/backups") { request, _ in
      let folder = request.uri.queryParameters["folder"].map(String.init) ?? ""
      return try await list(try FolderPath(folder))
    }
    router.post("v1/guests/:name/backups") { request, context in
      try await create(context.name(), request)
    }
    router.post("v1/backups/verify") { request, _ in try await verify(request) }
    router.post("v1/backups/restore") { request, _ in try await restore(request) }
    router.post("v1/backups/delete") { request, _ in try await prune(request) }
  }

  private func list(_ folder: FolderPath) async throws -> Response {
    let shelves = try await house.backups.list(folder)
    let items = shelves.flatMap { shelf in
      shelf.set.backups.map { BackupView($0, in: shelf.folder) }
    }
    let revision = await house.ledger.inventory.revision
    return try Answers.json(ListView(revision: revision, items: items))
  }

  private func create(_ name: Name, _ request: Request) async throws -> Response {
    let body = try await Answers.read(BackupBody.self, from: request)
    let outcome = try await house.backups.create(
      name, in: try FolderPath(body.to), isFull: body.full ?? false, note: body.note,
      rate: try body.rate.map { try ByteCount($0) })
    return try await GuestRoutes(house: house).answer(outcome, verb: "backup", name)
  }

  private func verify(_ request: Request) async throws -> Response {
    let body = try await Answers.read(BackupVerifyBody.self, from: request)
    let folder = try FolderPath(body.folder)
    // What is not there is told at once.
    let set = try await house.backups.require(folder)
    if let id = body.id { _ = try set.requireBackup(id, in: folder.text) }
    let job = await house.workshop.verifyBackups(in: folder.text, body.id)
    return try Answers.json(OperationView(job, at: house.ports.time.now()), .accepted)
  }

  private func restore(_ request: Request) async throws -> Response {
    let body = try await Answers.read(BackupRestoreBody.self, from: request)
    let name = try Name(body.name)
    let outcome = try await house.backups.restore(
      try FolderPath(body.folder), body.id, as: name, starts: body.start ?? false)
    return try await GuestRoutes(house: house).answer(outcome, verb: "launch", name)
  }

  private func prune(_ request: Request) async throws -> Response {
    let body = try await Answers.read(BackupDeleteBody.self, from: request)
    let (folder, isDryRun) = (try FolderPath(body.folder), body.dryRun ?? false)
    let (removed, kept) = try await house.backups.prune(
      folder, keeping: body.keep ?? 1, isDryRun: isDryRun)
    return try Answers.json(
      BackupPruneView(
        dryRun: isDryRun, removed: removed.map { BackupView($0, in: folder.text) },
        kept: kept.map { BackupView($0, in: folder.text) }))
  }
}
