import Covey
import CoveyEngine
import Glibc

extension LibvirtBackups {
  public func verify(
    _ path: String, _ id: Int?, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> [BackupFinding] {
    let folder = BackupFolder(path: path)
    guard let set = try folder.read() else { throw Refusal.noBackups(path).problem }
    let wanted: [Backup]
    if let id {
      guard let chain = set.chain(of: id) else {
        throw Refusal.noSuchBackup(id, folder: path, there: set.backups.map(\.id)).problem
      }
      wanted = chain.reversed()
    } else {
      wanted = set.backups
    }
    let total = wanted.map(\.size).reduce(ByteCount(bytes: 0), +)
    var (findings, damaged, done) = ([BackupFinding](), Set<Int>(), ByteCount(bytes: 0))
    for backup in wanted {
      try Task.checkCancellation()
      report("reading \(backup.file)")
      if let words = try await damage(of: backup, in: folder, besides: damaged) {
        findings.append(BackupFinding(backup.id, "backup \(backup.id): \(words)"))
        damaged.insert(backup.id)
      }
      done = done + backup.size
      progress(WorkDone(done: done, total: total))
    }
    return findings + (id == nil ? try strangers(in: folder, set) : [])
  }

  /// What is wrong with a backup's file; nil when it is as it was made.
  ///
  /// - `damaged`: those that are known to be wrong: QEMU must not follow the chain into one of them.
  private func damage(of backup: Backup, in folder: BackupFolder, besides damaged: Set<Int>)
    async throws -> String?
  {
    let file = folder.file(backup.id)
    guard let facts = HostFiles.facts(of: file) else { return "the file \(file) is gone" }
    guard HostFiles.kind(facts) == .file else {
      return "\(file) is a \(HostFiles.kind(facts).rawValue) and no file"
    }
    guard Int64(facts.st_size) == backup.size.bytes else {
      return "\(file) has \(facts.st_size) bytes and not \(backup.size.bytes)"
    }
    let digest = try await FileDigest.of(file)
    guard digest == backup.digest else {
      return "\(file) is altered: its SHA-256 is \(digest) and not \(backup.digest)"
    }
    do throws(Problem) {
      let size = try BackupImage(backup, in: folder).judge()
      guard size == backup.virtualSize else {
        return "\(file) is for a disk of \(size) and not of \(backup.virtualSize)"
      }
    } catch { return error.message }
    if let parent = backup.parent, damaged.contains(parent) {
      return "it stands on backup \(parent), which is damaged"
    }
    do { try await check(file) } catch let problem as Problem where problem.code == .altered {
      return problem.message
    }
    return nil
  }

  /// Files that are named as backups are, and that nobody knows.
  private func strangers(in folder: BackupFolder, _ set: BackupSet) throws -> [BackupFinding] {
    let known = Set(set.backups.map(\.file))
    return try HostFiles.names(in: folder.path).filter { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count == 2 && parts[1] == "qcow2" && Int(parts[0]) != nil
        && !known.contains(name)
    }.map { BackupFinding(nil, "backup.json does not name the file \(folder.path)/\($0)") }
  }

  public func remove(_ ids: Set<Int>, in path: String) async throws {
    let folder = BackupFolder(path: path)
    guard !ids.isEmpty, var set = try folder.read() else { return }
    // The description first: a file that nobody names is less harm than a name without its file.
    set.remove(ids)
    try folder.write(set)
    for id in ids { try HostFiles.remove(folder.file(id)) }
    try HostFiles.synchronize(path)
  }

  public func restore(
    _ source: BackupSource, to guest: Guest, from template: Template,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let folder = BackupFolder(path: source.folder)
    guard let chain = try folder.read()?.chain(of: source.id), let backup = chain.first,
      backup.digest == source.digest
    else {
      throw Problem(
        .altered, subject: source.folder,
        "\(source.folder) has no backup \(source.id) any more as it was when its restore began",
        hint: "see: covey backup list \(source.folder)")
    }
    for link in chain.reversed() {
      if let words = try await damage(of: link, in: folder, besides: []) {
        throw Problem(
          .altered, subject: folder.file(link.id), "cannot restore backup \(source.id): \(words)",
          hint:
            "see what else is damaged: covey backup verify \(source.folder); an older one may be whole: "
            + "covey backup restore \(source.folder) --id N --name NEW")
      }
    }
    // An earlier try got as far as the disk.
    if try layers.files.hasDisk(guest) { return }
    let made = "\(layers.files.folder(of: guest.name))/.restored.qcow2"
    try await make(made, of: folder.file(source.id), chain, guest, report)
    try await disks.adopt(made, for: guest, from: template)
  }

  /// Makes an image on the template that reads as the backup does, and holds what differs from the template alone.
  ///
  /// `qemu-img convert -B` would copy the upmost file of a chain and leave out all below it (QEMU 7.2).
  private func make(
    _ path: String, of backup: String, _ chain: [Backup], _ guest: Guest,
    _ report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    let total = chain.map(\.size).reduce(ByteCount(bytes: 0), +)
    let image = layers.layers.sealed(.disk, guest.templateDigest)
    let purpose = "cannot make the disk of guest \"\(guest.name)\""
    try HostFiles.makeFolder(HostFiles.parent(of: path))
    try HostFiles.setMode(layers.folderMode, of: HostFiles.parent(of: path))
    try DiskSpace.require(
      total + OverlayDisks.leastFree, at: path, for: purpose, subject: Self.subject(guest))
    do {
      try await layers.reporting(growthOf: path, to: total, report) {
        try await makeImage(path, chain[0].virtualSize, below: backup, guest)
        try await run(
          ["rebase", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, path], path, guest)
        try await run(["compare", "-q", "-f", "qcow2", "-F", "qcow2", backup, path], path, guest)
      }
      try await HostFiles.settle(path)
    } catch {
      try HostFiles.remove(path)
      throw error
    }
  }
}
