import Covey
import Foundation
import Glibc

/// What an image is held to, with the words for it when it fails.
struct ImageRules: Sendable {
  /// As the user gave it.
  let path: String
  let declared: ImageFormat?
  let limits: ImageLimits

  var subject: String { "image \(path)" }
  var purpose: String { "cannot take the image \(path)" }

  var cancelled: Problem {
    Problem(
      .cancelled, subject: subject, "\(purpose): cancelled", hint: "ask again if it is still wanted"
    )
  }

  /// Judges an open file by its bytes.
  ///
  /// - `below`: the name of the file that it must stand on; nil for one that stands alone.
  func judge(_ descriptor: Int32, as declared: ImageFormat? = nil, on below: String? = nil)
    throws(Problem) -> ImageVerdict
  {
    let bytes = try ImageBytes(reading: descriptor, path)
    return try words { () throws(ImageRefusal) in
      guard let below else {
        return try ImageVerdict(bytes, declared: declared ?? self.declared, limits: limits)
      }
      return try ImageVerdict(bytes, on: below, limits: limits)
    }
  }

  /// Judges a file of covey's own.
  func judge(at place: String, as declared: ImageFormat? = nil, on below: String? = nil)
    throws(Problem) -> ImageVerdict
  {
    let descriptor = open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", place) }
    defer { close(descriptor) }
    return try judge(descriptor, as: declared, on: below)
  }

  /// For looks into a header.
  private static let glance: Duration = .seconds(20)

  /// Refuses what qemu-img reads differently.
  ///
  /// - `name`: the file's, in the cell.
  func compare(
    _ verdict: ImageVerdict, with name: String, in tool: ConfinedQemuImg, on below: String?
  ) async throws {
    let output = try await tool.run(
      ["info", "--output=json", "-f", verdict.format.rawValue, name], to: purpose,
      writes: ByteCount(bytes: 0), within: Self.glance)
    guard let report = try? JSONDecoder().decode(ImageReport.self, from: Data(output.text.utf8))
    else {
      throw Problem(
        .internal, subject: subject,
        "\(purpose): qemu-img describes it in words that covey does not understand",
        hint: "see what it says: qemu-img info -f \(verdict.format.rawValue) --output=json IMAGE")
    }
    try words { () throws(ImageRefusal) in try report.agree(with: verdict, file: name, on: below) }
  }

  /// Puts a refusal into words.
  func words<T>(_ rule: () throws(ImageRefusal) -> T) throws(Problem) -> T {
    do throws(ImageRefusal) { return try rule() } catch { throw error.problem(of: path) }
  }
}
