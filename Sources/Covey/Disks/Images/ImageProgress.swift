/// How far taking in an image is.
public struct ImageProgress: Hashable, Sendable {
  public enum Stage: String, Hashable, Sendable, CaseIterable {
    /// `done` are bytes read, `total` is the size of the source.
    case copying
    /// `done` are bytes written, `total` is what qemu-img expects to write; it may turn out to be less.
    case converting
  }

  public let stage: Stage
  public let done: ByteCount
  public let total: ByteCount

  public init(_ stage: Stage, done: ByteCount, total: ByteCount) {
    self.stage = stage
    self.done = done
    self.total = total
  }
}
