import Covey
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
  func judge(_ descriptor: Int32, as declared: ImageFormat? = nil) throws(Problem) -> ImageVerdict {
    let bytes = try ImageBytes(reading: descriptor, path)
    return try words { () throws(ImageRefusal) in
      try ImageVerdict(bytes, declared: declared ?? self.declared, limits: limits)
    }
  }

  /// Judges a file of covey's own.
  func judge(at place: String, as declared: ImageFormat? = nil) throws(Problem) -> ImageVerdict {
    let descriptor = open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", place) }
    defer { close(descriptor) }
    return try judge(descriptor, as: declared)
  }

  /// Puts a refusal into words.
  func words<T>(_ rule: () throws(ImageRefusal) -> T) throws(Problem) -> T {
    do throws(ImageRefusal) { return try rule() } catch { throw error.problem(of: path) }
  }
}
