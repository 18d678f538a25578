import Covey
import Foundation

/// `backup.json` as it is written: what is in a folder of backups, for covey and for people.
struct BackupManifest: Codable, Hashable, Sendable {
  /// Raised when a field goes or changes its meaning; fields may be added.
  static let version = 1

  var schemaVersion = Self.version
  let series: String
  let guest: String
  let uuid: String
  let next: Int
  let backups: [Entry]

  struct Entry: Codable, Hashable, Sendable {
    let id: Int
    /// RFC 3339, UTC, with milliseconds.
    let taken: String
    let kind: Backup.Kind
    let parent: Int?
    let file: String
    let size: Int64
    let sha256: String
    let virtualSize: Int64
    let consistency: Snapshot.Consistency
    let checkpoint: String?
    let guest: Machine
    let template: String
    let templateDigest: String
    let note: String?
    let reason: String?
  }

  struct Machine: Codable, Hashable, Sendable {
    let name: String
    let uuid: String
    let cpus: Int
    let memory: Int64
    let disk: DiskMode
    let ports: [Int]
    let healthPort: Int
    let healthPath: String
    let healthWithin: String
    /// Missing where it is HTTP.
    let healthKind: HealthCheck.Kind?
  }
}

extension BackupManifest {
  init(_ set: BackupSet) {
    series = set.series
    guest = set.guest.text
    uuid = set.uuid
    next = set.next
    backups = set.backups.map(Entry.init)
  }

  func bytes() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// - Throws: `Problem` with `.unsupported` for one of a newer covey, `.invalid` for one that cannot be true.
  static func set(reading text: String, at path: String) throws -> BackupSet {
    struct Head: Decodable { let schemaVersion: Int }
    let data = Data(text.utf8)
    let set: BackupSet
    do {
      let head = try JSONDecoder().decode(Head.self, from: data)
      guard head.schemaVersion <= version else {
        throw Problem(
          .unsupported, subject: path,
          "\(path) has version \(head.schemaVersion), and this covey knows \(version)",
          hint: "use the covey that wrote it, or a newer one")
      }
      set = try JSONDecoder().decode(BackupManifest.self, from: data).set()
    } catch let problem as Problem {
      throw problem
    } catch {
      let reason = (error as? Refusal)?.problem.message ?? "\(error)"
      throw damaged(path, reason)
    }
    guard let flaw = set.flaws.first else { return set }
    throw damaged(path, flaw)
  }

  private static func damaged(_ path: String, _ reason: String) -> Problem {
    Problem(
      .invalid, subject: path, "\(path) is no description of backups: \(reason)",
      hint:
        "put it back as it was, from a copy of the folder; the backups themselves are qcow2 images that "
        + "qemu-img reads without it")
  }

  private func set() throws -> BackupSet {
    BackupSet(
      series: series, guest: try Name(guest), uuid: uuid, next: next,
      backups: try backups.map { try $0.backup() })
  }
}

extension BackupManifest.Entry {
  init(_ backup: Backup) {
    id = backup.id
    taken = backup.taken.iso
    kind = backup.kind
    parent = backup.parent
    file = backup.file
    size = backup.size.bytes
    sha256 = backup.digest
    virtualSize = backup.virtualSize.bytes
    consistency = backup.consistency
    checkpoint = backup.checkpoint
    guest = BackupManifest.Machine(
      name: backup.guest.name.text, uuid: backup.guest.uuid, cpus: backup.guest.machine.cpus,
      memory: backup.guest.machine.memory.bytes, disk: backup.guest.disk,
      ports: backup.guest.ports, healthPort: backup.guest.health.port,
      healthPath: backup.guest.health.path, healthWithin: backup.guest.health.within.text,
      healthKind: backup.guest.health.kind == .http ? nil : backup.guest.health.kind)
    template = backup.template.text
    templateDigest = backup.templateDigest
    note = backup.note
    reason = backup.reason
  }

  func backup() throws -> Backup {
    guard file == Backup.file(id) else {
      throw Refusal.outOfRange(
        field: "file", value: String(file.prefix(40)), allowed: Backup.file(id))
    }
    guard let moment = Timestamp(iso: taken) else {
      throw Refusal.outOfRange(field: "taken", value: taken, allowed: "a time in RFC 3339")
    }
    // A note is shown on terminals: one that covey would not take is not shown either.
    let plain = try note.map { try Note($0).text }
    return Backup(
      id: id, taken: moment, kind: kind, parent: parent, size: ByteCount(bytes: size),
      digest: sha256, virtualSize: ByteCount(bytes: virtualSize), consistency: consistency,
      checkpoint: try checkpoint.map { try Name($0).text }, guest: try guest.guest(),
      template: try Name(template), templateDigest: templateDigest, note: plain,
      reason: try reason.map { try Note($0).text })
  }
}

extension BackupManifest.Machine {
  func guest() throws -> BackedUpGuest {
    BackedUpGuest(
      name: try Name(name), uuid: uuid,
      machine: try MachineSize(cpus: cpus, memory: ByteCount(bytes: memory)), disk: disk,
      ports: ports,
      health: HealthCheck(
        kind: healthKind ?? .http, port: healthPort, path: healthPath,
        within: try Duration(reading: healthWithin)))
  }
}

extension Timestamp {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// RFC 3339, UTC, with milliseconds.
  fileprivate var iso: String {
    // Formatting cuts off after the milliseconds; half of one keeps what binary fractions fall short by.
    Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000).formatted(Self.style)
  }

  fileprivate init?(iso text: String) {
    guard let date = try? Self.style.parse(text) else { return nil }  // no time: nil says so
    self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }
}
