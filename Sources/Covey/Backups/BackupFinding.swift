/// Something that is wrong with a folder of backups.
public struct BackupFinding: Hashable, Sendable {
  /// The backup that it is about; nil for the folder as a whole.
  public let backup: Int?
  /// As a sentence without a full stop.
  public let words: String

  public init(_ backup: Int?, _ words: String) {
    self.backup = backup
    self.words = words
  }
}
