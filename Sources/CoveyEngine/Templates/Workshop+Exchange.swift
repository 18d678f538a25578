import Covey

extension Workshop {
  /// Asks for a template of a disk image; returns at once.
  public func takeImage(_ request: ImageRequest) -> Job { add(.takeImage(request)) }

  /// Asks for a file of a template's newest version; returns at once.
  ///
  /// - Throws: `Problem` when there is no such template, or nothing can be written there.
  public func export(_ name: Name, to path: String) async throws -> Job {
    let inventory = await ledger.inventory
    _ = try requiring { () throws(Refusal) in try inventory.requireTemplate(name) }
    try await ports.shelf.checkExport(to: path, subject: "template \(name)")
    return add(.export(name, to: path))
  }

  /// Asks for what is in an exported file; returns at once.
  public func importFile(_ path: String, as name: Name?) -> Job {
    add(.importFile(path, name: name))
  }

  func takeImage(_ request: ImageRequest, job id: Operation.Identifier) async throws -> Template {
    let (shelf, time) = (ports.shelf, ports.time)
    let template = try await following(id) { tell, count in
      try await shelf.importImage(request, at: time.now(), report: tell, progress: count)
    }
    try await keep(template)
    return template
  }

  func export(_ name: Name, to path: String, job id: Operation.Identifier) async throws
    -> OperationResult
  {
    let inventory = await ledger.inventory
    let template = try requiring { () throws(Refusal) in try inventory.requireTemplate(name) }
    let shelf = ports.shelf
    return try await following(id) { tell, count in
      tell("writing the file")
      let file = ExportFile(path, of: template)
      let result = try await shelf.export(
        template, with: nil, disk: nil, to: file, progress: count)
      do { try await shelf.publish(file, digest: result.digest) } catch {
        try await shelf.dropDraft(of: file)
        throw error
      }
      return result
    }
  }

  func importFile(_ path: String, _ name: Name?, job id: Operation.Identifier) async throws {
    let (shelf, time) = (ports.shelf, ports.time)
    let archive = try await following(id) { tell, count in
      tell("reading the file")
      return try await shelf.importArchive(path, at: time.now(), progress: count) { guest in
        tell("making the guest")
        try await self.bringIn(guest, as: name ?? guest.name, job: id)
      }
    }
    try await keep(archive.template)
    finish(id) {
      $0.template = archive.template
      $0.result = OperationResult(
        path: path, digest: archive.digest ?? archive.template.digest)
    }
  }

  /// Makes the guest, whose disk is gone when this returns.
  private func bringIn(_ guest: ImportedGuest, as name: Name, job id: Operation.Identifier)
    async throws
  {
    // First: the guest stands on it.
    try await keep(guest.template)
    let request = LaunchRequest(
      name: name, template: guest.template.name, cpus: guest.machine.cpus,
      memory: guest.machine.memory, disk: .persistent,
      adopts: AdoptedDisk(path: guest.disk, templateDigest: guest.template.digest))
    guard case .began(let launch) = try await guests.launch(request) else { return }
    let over = await ledger.inventory { $0.operations[launch.id]?.status.isOver ?? true }
    if let problem = over?.operations[launch.id]?.problem { throw problem }
    change(id) { $0.guest = name }
  }

  /// How often a job says how much is done.
  private static let amountEvery: Duration = .milliseconds(250)

  /// Runs a body whose stages and amounts become the job's.
  func following<Value: Sendable>(
    _ id: Operation.Identifier,
    _ body:
      @escaping @Sendable (
        @escaping @Sendable (String) -> Void, @escaping @Sendable (WorkDone) -> Void
      ) async throws -> Value
  ) async throws -> Value {
    let (amounts, count) = AsyncStream.makeStream(
      of: WorkDone.self, bufferingPolicy: .bufferingNewest(1))
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { [self] in
        defer { count.finish() }
        return try await telling(id) { tell in try await body(tell) { count.yield($0) } }
      }
      group.addTask { [self] in
        for await amount in amounts {
          await change(id) { $0.progress = amount }
          try await ports.time.sleep(for: Self.amountEvery)
        }
        return nil
      }
      var made: Value?
      for try await result in group { made = result ?? made }
      guard let made else { throw CancellationError() }
      return made
    }
  }
}
