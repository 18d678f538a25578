import Covey
import Foundation

/// What is sealed beside a template's files as `template.json`.
///
/// The SHA-256 of these bytes is the template's content address: they hold everything that makes the template what it is,
/// the digests of its files included, and nothing that changes from one build to the next.
struct SealDescription: Codable, Hashable, Sendable {
  var format = 2
  let name: Name
  let summary: String
  let cpus: Int
  let memory: ByteCount
  let kernelArguments: String
  let balloon: MemoryBalloon
  let identity: IdentityCarrier?
  let ports: [Int]
  let healthPort: Int
  let healthPath: String
  let healthWithin: String
  let files: [SealedFile]
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
