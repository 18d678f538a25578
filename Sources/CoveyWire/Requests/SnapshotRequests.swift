/// `POST /v1/guests/{name}/snapshots`.
public struct SnapshotBody: Codable, Sendable, Hashable {
  /// Nil takes the next of `snap-1`, `snap-2`, ...
  public var name: String?
  /// One line.
  public var note: String?
  /// Also saves the machine's memory.
  public var memory: Bool?

  public init(name: String? = nil, note: String? = nil, memory: Bool? = nil) {
    self.name = name
    self.note = note
    self.memory = memory
  }
}

/// `POST /v1/guests/{name}/snapshots/{snapshot}/restore`.
public struct RestoreBody: Codable, Sendable, Hashable {
  /// Starts the guest also when it does not run now.
  public var start: Bool?
  /// Gives the present state up instead of keeping it as a snapshot.
  public var discard: Bool?
  /// How long a running guest may take to power off; nil takes 20 s.
  public var within: String?

  public init(start: Bool? = nil, discard: Bool? = nil, within: String? = nil) {
    self.start = start
    self.discard = discard
    self.within = within
  }
}
