import Covey

extension StepRunner {
  func export(
    _ guest: Guest, _ layer: Int, to path: String, _ template: Template, report: @escaping Report
  ) async throws {
    let result = try await extracting(
      layer, of: guest, onTemplate: true, near: path, report: report
    ) { disk in
      try await ports.shelf.export(
        template, with: guest, disk: disk, to: ExportFile(path, of: guest), progress: report)
    }
    try await yield(result, on: guest)
  }

  /// The digest that its export said is the operation's by now, also after the daemon was killed.
  func publish(_ guest: Guest, to path: String) async throws {
    let digest = await ledger.inventory.operation(on: guest.name)?.result?.digest
    try await ports.shelf.publish(ExportFile(path, of: guest), digest: digest)
  }

  func seal(
    _ guest: Guest, _ layer: Int, as name: Name, _ base: Template, report: @escaping Report
  ) async throws {
    let template = try await extracting(
      layer, of: guest, onTemplate: false, near: nil, report: report
    ) { disk in
      try await ports.shelf.derive(
        name, from: guest, of: base, disk: disk, at: ports.time.now())
    }
    if await ledger.inventory.template(name)?.digest != template.digest {
      try await ledger.record([.templateSealed(template)])
    }
    try await yield(OperationResult(digest: template.digest), on: guest)
  }

  /// The disk is larger whatever becomes of this.
  func grow(_ guest: Guest, _ template: Template?) async throws {
    guard let template, template.identity != nil else {
      return try await yield(Self.notTold, on: guest)
    }
    do { try await ports.hypervisor.grow(guest, of: template) } catch let problem as Problem {
      let remark = "the guest did not grow its file system: \(problem.message)"
      try await yield(OperationResult(remark: remark), on: guest)
    }
  }

  private static let notTold = OperationResult(
    remark: "the guest cannot be told; grow its partition and file system in it")

  /// Gives a body a copy of the state that a layer stands for, which is gone afterwards.
  private func extracting<Value: Sendable>(
    _ layer: Int, of guest: Guest, onTemplate: Bool, near path: String?,
    report: @escaping Report, _ body: (String) async throws -> Value
  ) async throws -> Value {
    let disk = try await ports.layers.extract(
      layer, of: guest, onTemplate: onTemplate, near: path, report: report)
    do {
      let value = try await body(disk)
      try await ports.layers.dropExtract(of: guest, near: path)
      return value
    } catch {
      try await sheltered { try await ports.layers.dropExtract(of: guest, near: path) }
      throw error
    }
  }

  func yield(_ result: OperationResult, on guest: Guest) async throws {
    guard let operation = await ledger.inventory.operation(on: guest.name) else { return }
    try await ledger.record([.operationYielded(operation.id, result)])
  }
}
