import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes by which guests and templates come and go as files.
struct ExchangeRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.post("v1/guests/:name/export") { request, context in
      let path = try await file(in: Answers.read(ExportBody.self, from: request).path)
      let name = try context.name()
      return try await GuestRoutes(house: house).answer(
        house.disks.export(name, to: path), verb: "export", name)
    }
    router.post("v1/templates/:name/export") { request, context in
      let path = try await file(in: Answers.read(ExportBody.self, from: request).path)
      return try await answer(house.workshop.export(context.name(), to: path))
    }
    router.post("v1/import") { request, _ in
      let body = try await Answers.read(ImportBody.self, from: request)
      let name = try body.name.map { try Name($0) }
      return try await answer(house.workshop.importFile(file(in: body.path), as: name))
    }
    router.post("v1/templates/import") { request, _ in
      let body = try await Answers.read(ImageBody.self, from: request)
      return try await answer(house.workshop.takeImage(wish(body)))
    }
    router.post("v1/guests/:name/seal") { request, context in
      let body = try await Answers.read(SealBody.self, from: request)
      let seal = GuestRequest.seal(
        as: try Name(body.template), snapshot: try body.snapshot.map { try Name($0) })
      return try await GuestRoutes(house: house).ask(seal, of: context.name())
    }
  }

  private func wish(_ body: ImageBody) throws -> ImageRequest {
    let health = try Self.health(body)
    return try ImageRequest(
      name: try Name(body.name), path: try file(in: body.path),
      format: try body.format.map { try Self.choice("format", $0) },
      summary: body.summary ?? "",
      machine: try MachineSize(
        cpus: body.cpus ?? 1, memory: try body.memory.map { try ByteCount($0) } ?? .gibibytes(1)),
      firmware: try body.firmware.map { try Self.choice("firmware", $0) } ?? .bios,
      cloudInit: try Self.cloudInit(body.userData, body.networkConfig), ports: body.ports ?? [],
      health: health)
  }

  /// Nil where nothing is asked.
  private static func health(_ body: ImageBody) throws -> HealthCheck? {
    let kind = try body.healthKind.map { try choice("health-kind", $0) } ?? HealthCheck.Kind.http
    guard body.healthPort != nil || body.healthKind != nil else { return nil }
    guard let port = kind == .agent ? 0 : body.healthPort ?? body.ports?.first else {
      throw Refusal.outOfRange(
        field: "health-port", value: "missing",
        allowed: "--health-port, or --port, with --health-kind \(kind.rawValue)")
    }
    return HealthCheck(
      kind: kind, port: port, path: try path(body.healthPath ?? "/"),
      within: try body.readyWithin.map { try Duration(reading: $0) } ?? .seconds(120))
  }

  /// A network's description alone makes a disc too, with user-data that wish for nothing.
  private static func cloudInit(_ userData: String?, _ networkConfig: String?) throws -> CloudInit?
  {
    guard userData != nil || networkConfig != nil else { return nil }
    return try CloudInit(userData: userData ?? "#cloud-config\n", networkConfig: networkConfig)
  }

  private static func path(_ text: String) throws -> String {
    guard text.hasPrefix("/"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Refusal.outOfRange(
        field: "health-path", value: text, allowed: "a path that begins with / and has no spaces")
    }
    return text
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ field: String, _ text: String
  ) throws -> Value {
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw Refusal.outOfRange(field: field, value: text, allowed: "one of: \(known)")
    }
    return value
  }

  /// The daemon's working folder is not the user's.
  private func file(in path: String) throws -> String {
    guard path.hasPrefix("/"), !path.contains("\0") else {
      throw Problem(
        .invalid, subject: path, "\"\(path)\" is not an absolute path",
        hint: "name the file from / on")
    }
    return path
  }

  private func answer(_ job: Workshop.Job) throws -> Response {
    try Answers.json(OperationView(job, at: house.ports.time.now()), .accepted)
  }
}
