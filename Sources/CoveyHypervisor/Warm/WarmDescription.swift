import Covey
import Foundation

/// What is sealed beside a warm set's files as `warm.json`; the SHA-256 of these bytes is the set's identifier.
struct WarmDescription: Codable, Hashable, Sendable {
  var format = 1
  let template: Name
  let templateDigest: String
  let machine: MachineSize
  let fingerprint: Fingerprint
  let files: [WarmFile]

  static let fileName = "warm.json"

  func bytes() throws(Problem) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
    } catch {
      throw Problem(
        .internal, subject: "template \(template)", "cannot describe the warm set: \(error)")
    }
  }
}
