/// A group as its owner writes it in a YAML document.
///
/// ```yaml
/// kind: group
/// name: web
/// template: tiny-web
/// min: 1
/// max: 4
/// listen: 127.0.0.1:8080
/// ```
public struct GroupDocument: Hashable, Sendable {
  public let name: Name
  /// What the document says; everything it leaves out is nil.
  public let settings: GroupSettings

  static let keys = [
    "kind", "name", "template", "min", "max", "surge", "standby", "port", "listen", "cpus",
    "memory", "disk",
    "cpuAbove", "cpuBelow", "for", "cooldown", "interval", "drainWithin", "readyWithin",
    "idle", "balance", "mode", "hosts", "path", "certificate", "sticky", "slowStart",
  ]

  /// Reads all documents of a file, separated by `---`.
  ///
  /// Ranges that the rules keep (`GroupSpec`, `ThresholdPolicy`) are left to them; here only types are checked, so that a
  /// wrong word is reported with its line.
  ///
  /// - `file`: how the user named the file.
  /// - Returns: at least one, in the file's order, no name twice.
  /// - Throws: `Refusal.document` with the line.
  public static func all(file: String, yaml: String) throws(Refusal) -> [GroupDocument] {
    var documents: [GroupDocument] = []
    for node in try DocumentText.nodes(file: file, yaml: yaml) {
      let fields = try DocumentFields(node, place: "the group", file: file, known: keys)
      let document = try GroupDocument(fields)
      guard !documents.contains(where: { $0.name == document.name }) else {
        throw fields.wrong(
          "name", "a name that no other document of the file has",
          found: "\"\(document.name)\" again")
      }
      documents.append(document)
    }
    guard !documents.isEmpty else {
      throw .document(DocumentProblem(file: file, line: nil, .missingKey("kind", in: "the file")))
    }
    return documents
  }

  private init(_ fields: DocumentFields) throws(Refusal) {
    let kind = try fields.value("kind", "the word group") { $0.text == "group" ? "group" : nil }
    _ = try fields.required("kind", kind)
    name = try fields.required("name", fields.name("name"))
    settings = try Self.settings(fields)
  }

  private static func settings(_ fields: DocumentFields) throws(Refusal) -> GroupSettings {
    let anyCount = 0...1_000_000
    var settings = GroupSettings()
    settings.template = try fields.name("template")
    settings.min = try fields.integer("min", in: anyCount)
    settings.max = try fields.integer("max", in: anyCount)
    settings.surge = try fields.integer("surge", in: anyCount)
    settings.standby = try fields.integer("standby", in: anyCount)
    settings.port = try fields.integer("port", in: 1...65535)
    settings.listen = try fields.endpoint("listen")
    settings.cpus = try fields.integer("cpus", in: anyCount)
    settings.memory = try fields.size("memory")
    settings.disk = try fields.choice("disk", DiskMode.self)
    settings.cpuAbove = try fields.percentage("cpuAbove")
    settings.cpuBelow = try fields.percentage("cpuBelow")
    settings.hold = try fields.duration("for")
    settings.cooldown = try fields.duration("cooldown")
    settings.interval = try fields.duration("interval")
    settings.drainWithin = try fields.duration("drainWithin")
    settings.readyWithin = try fields.duration("readyWithin")
    settings.idle = try fields.duration("idle")
    settings.traffic = try traffic(fields)
    return settings
  }

  private static func traffic(_ fields: DocumentFields) throws(Refusal) -> TrafficSettings {
    var settings = TrafficSettings()
    settings.balance = try fields.choice("balance", Balance.self)
    settings.mode = try fields.choice("mode", TrafficMode.self)
    settings.hosts = try fields.list("hosts", of: "host names such as www.example.org") {
      $0.text.flatMap { try? HostName($0) }
    }
    settings.path = try fields.value("path", "the beginning of a path, such as /api, or ''") {
      $0.text.flatMap { $0.isEmpty ? "" : try? PathPrefix($0).text }
    }
    settings.certificate = try fields.text("certificate", atMost: 1000)
    settings.isSticky = try fields.flag("sticky")
    settings.slowStart = try fields.duration("slowStart")
    return settings
  }
}
