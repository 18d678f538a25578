import Covey
import Foundation

/// What an exported file holds: its first entry, `covey.json`.
struct ExportManifest: Codable, Hashable, Sendable {
  static let fileName = "covey.json"
  /// The disk of an exported guest: what it has beyond its template's.
  static let guestDisk = "guest.qcow2"
  /// What the guest's UEFI firmware remembers, where it has one.
  static let firmwareState = "guest.nvram"
  /// A description is small; anything larger is none.
  static let largest = 1 << 20

  struct File: Codable, Hashable, Sendable {
    let name: String
    let size: Int64
    /// SHA-256, in hexadecimal.
    let digest: String
  }

  var format = 1
  /// Digest of the template: SHA-256 of `template.json`.
  let template: String
  /// Nil where the file holds a template alone.
  let guest: ExportedGuest?
  /// In the order in which they follow.
  let files: [File]

  func bytes() throws(Problem) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do { return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")] } catch {
      throw Problem(.internal, "an export cannot be described: \(error)")
    }
  }
}

/// What an exported guest is beside its disk. Its address, its name in libvirt and its card are the importing host's to give.
struct ExportedGuest: Codable, Hashable, Sendable {
  let name: Name
  let machine: MachineSize
  let ports: [Int]
  let health: HealthCheck
}
