/// What a template's `template.yaml` says: the machine, how it shows that it serves, and how its files are made.
public struct TemplateManifest: Hashable, Sendable {
  public let name: Name
  /// One line.
  public let summary: String
  public let machine: MachineSize
  /// Appended to the kernel's command line; printable ASCII. `{name}` and `{uuid}` stand for the guest's.
  public let kernelArguments: String
  public let balloon: MemoryBalloon
  /// By which way forks hear who they are; nil when they cannot.
  public let identity: IdentityCarrier?
  /// TCP ports that a guest serves; at least one.
  public let ports: [Int]
  /// Its port is one of `ports`.
  public let health: HealthCheck
  /// The port at which a guest says how it is; one of `ports`.
  public let reportPort: Int?
  public let recipe: TemplateRecipe

  static let keys = [
    "name", "summary", "machine", "identity", "ports", "health", "report", "build",
  ]

  /// Reads `template.yaml`.
  ///
  /// - `file`: how the user named the file.
  /// - Throws: `Refusal.document` with the line.
  public init(file: String, yaml: String) throws(Refusal) {
    let nodes = try DocumentText.nodes(file: file, yaml: yaml)
    guard let node = nodes.first else {
      throw .document(DocumentProblem(file: file, line: nil, .missingKey("name", in: "the file")))
    }
    guard nodes.count == 1 else {
      throw .document(
        DocumentProblem(file: file, line: nodes[1].line, .syntax("a second document begins")))
    }
    let fields = try DocumentFields(node, place: "the template", file: file, known: Self.keys)
    name = try fields.required("name", fields.name("name"))
    summary = try fields.text("summary") ?? ""
    let machine = try fields.required(
      "machine", fields.fields("machine", known: ["cpus", "memory", "kernelArguments", "balloon"]))
    self.machine = try Self.machine(machine)
    kernelArguments = try Self.kernelArguments(machine)
    balloon = try machine.choice("balloon", MemoryBalloon.self) ?? .none
    identity = try fields.choice("identity", IdentityCarrier.self)
    ports = try Self.ports(fields)
    let health = try fields.required(
      "health", fields.fields("health", known: ["kind", "port", "path", "within"]))
    self.health = try Self.health(health, ports: ports)
    reportPort = try Self.reportPort(fields, ports: ports)
    recipe = try TemplateRecipe(
      fields.required("build", fields.fields("build", known: TemplateRecipe.keys)))
  }

  private static func machine(_ fields: DocumentFields) throws(Refusal) -> MachineSize {
    let cpus = try fields.integer("cpus", in: MachineSize.cpusAllowed) ?? 1
    let memory = try fields.required("memory", fields.size("memory"))
    guard MachineSize.memoryAllowed.contains(memory) else {
      throw fields.wrong("memory", "32MiB to 1TiB", found: memory.description)
    }
    return try MachineSize(cpus: cpus, memory: memory)
  }

  private static func kernelArguments(_ fields: DocumentFields) throws(Refusal) -> String {
    let key = "kernelArguments"
    return try fields.value(key, "one line of printable ASCII, at most 1000") { node in
      node.text.flatMap { text in
        text.utf8.count <= 1000 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil
      }
    } ?? ""
  }

  private static func ports(_ fields: DocumentFields) throws(Refusal) -> [Int] {
    let list = try fields.list("ports", of: "port numbers of 1 to 65535") { node in
      node.plain.flatMap { Int($0) }.flatMap { (1...65535).contains($0) ? $0 : nil }
    }
    let ports = try fields.required("ports", list)
    guard !ports.isEmpty else { throw fields.wrong("ports", "at least one port", found: "empty") }
    return ports
  }

  private static func health(_ fields: DocumentFields, ports: [Int]) throws(Refusal) -> HealthCheck
  {
    let kind = try fields.choice("kind", HealthCheck.Kind.self) ?? .http
    let port = try port(fields.integer("port", in: 1...65535) ?? ports[0], of: ports, fields)
    let path = try fields.value("path", "a path that begins with / and has no spaces") { node in
      node.text.flatMap { text in
        text.hasPrefix("/") && text.utf8.count <= 500
          && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
      }
    }
    let within = try fields.duration("within") ?? .seconds(120)
    guard within >= .seconds(1), within <= .seconds(3600) else {
      throw fields.wrong("within", "1s to 1h", found: within.text)
    }
    return HealthCheck(
      kind: kind, port: kind == .agent ? 0 : port, path: path ?? "/", within: within)
  }

  private static func reportPort(_ fields: DocumentFields, ports: [Int]) throws(Refusal) -> Int? {
    guard let report = try fields.fields("report", known: ["port"]) else { return nil }
    let port = try report.required("port", report.integer("port", in: 1...65535))
    return try Self.port(port, of: ports, report)
  }

  private static func port(_ port: Int, of ports: [Int], _ fields: DocumentFields) throws(Refusal)
    -> Int
  {
    guard ports.contains(port) else {
      let known = ports.map(String.init).joined(separator: ", ")
      throw fields.wrong("port", "one of the template's ports: \(known)", found: "\(port)")
    }
    return port
  }
}
