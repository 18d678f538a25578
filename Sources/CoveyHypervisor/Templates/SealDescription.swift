import Covey
import Foundation

/// What is sealed beside a template's files as `template.json`.
///
/// The SHA-256 of these bytes is the template's content address: they hold everything that makes the template what it is,
/// the digests of its files included, and nothing that changes from one build to the next.
struct SealDescription: Codable, Hashable, Sendable {
  private static let format = 2

  var format = Self.format
  var name: Name
  var summary: String
  var cpus: Int
  var memory: ByteCount
  let kernelArguments: String
  let balloon: MemoryBalloon
  let identity: IdentityCarrier?
  let ports: [Int]
  let healthPort: Int
  let healthPath: String
  let healthWithin: String
  var files: [SealedFile]
  /// As `Template` has them; left out where there are none, so that what was sealed before they were thought of keeps its digest.
  var base: String?
  var firmware: Firmware?
  var cloudInit: CloudInit?
  /// Left out for HTTP.
  var healthKind: HealthCheck.Kind?
  var reportPort: Int?
  /// Packages with their versions, so that one can see what is inside.
  let packages: [String]

  init(_ manifest: TemplateManifest, files: [SealedFile], packages: [String]) {
    name = manifest.name
    summary = manifest.summary
    cpus = manifest.machine.cpus
    memory = manifest.machine.memory
    kernelArguments = manifest.kernelArguments
    balloon = manifest.balloon
    identity = manifest.identity
    ports = manifest.ports
    healthPort = manifest.health.port
    healthPath = manifest.health.path
    healthWithin = manifest.health.within.text
    healthKind = manifest.health.kind == .http ? nil : manifest.health.kind
    reportPort = manifest.reportPort
    self.files = files
    self.packages = packages.sorted()
  }

  static let fileName = "template.json"

  static func fileName(of role: SealedFile.Role) -> String {
    switch role {
    case .disk: "disk.qcow2"
    case .kernel: "vmlinuz"
    case .initrd: "initrd.gz"
    }
  }

  /// A machine that boots from its disk.
  init(
    name: Name, summary: String, machine: MachineSize, firmware: Firmware, cloudInit: CloudInit?,
    ports: [Int], health: HealthCheck
  ) {
    self.name = name
    self.summary = summary
    (cpus, memory) = (machine.cpus, machine.memory)
    kernelArguments = ""
    balloon = .none
    identity = nil
    self.ports = ports
    healthPort = health.port
    healthPath = health.path
    healthWithin = health.within.text
    files = []
    self.firmware = firmware
    self.cloudInit = cloudInit
    packages = []
  }

  /// - `source`: where the text comes from, for the words of a problem.
  /// - Throws: `.invalid` for what is no description, `.unsupported` for one of a newer covey.
  init(reading text: String, from source: String) throws(Problem) {
    do { self = try JSONDecoder().decode(SealDescription.self, from: Data(text.utf8)) } catch {
      throw Problem(
        .invalid, subject: source, "the template.json of \(source) cannot be read: \(error)",
        hint: "use a covey that is not older than the one that wrote it")
    }
    guard format == Self.format else {
      throw Problem(
        .unsupported, subject: source,
        "the template.json of \(source) has format \(format), which this covey does not know",
        hint: "build the template again, or use the covey that wrote it")
    }
  }

  /// The template that these bytes describe.
  ///
  /// - Throws: `Refusal` for values that no template may have, since descriptions also come from elsewhere.
  func template(at now: Timestamp) throws -> Template {
    let isPlain = kernelArguments.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    guard kernelArguments.utf8.count <= 1000, isPlain else {
      throw Refusal.outOfRange(
        field: "kernelArguments", value: "\(kernelArguments.utf8.count) bytes",
        allowed: "one line of printable ASCII, at most 1000")
    }
    let named = ports + [reportPort].compactMap { $0 }
    if let port = named.first(where: { !(1...65535).contains($0) }) {
      throw Refusal.outOfRange(field: "port", value: "\(port)", allowed: "1 to 65535")
    }
    return Template(
      name: name, digest: FileDigest.of(bytes: try bytes()), summary: summary,
      machine: try MachineSize(cpus: cpus, memory: memory), kernelArguments: kernelArguments,
      balloon: balloon, identity: identity, ports: ports,
      health: HealthCheck(
        kind: healthKind ?? .http, port: healthPort, path: healthPath,
        within: try Duration(reading: healthWithin)),
      reportPort: reportPort,
      files: files, base: base, firmware: firmware, cloudInit: cloudInit, created: now)
  }

  /// Canonical: sorted keys, no optional white space beyond what the encoder always writes.
  func bytes() throws(Problem) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
    } catch {
      throw Problem(
        .internal, subject: "template \(name)", "cannot describe the template: \(error)")
    }
  }
}
