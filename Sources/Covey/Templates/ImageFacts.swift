/// What the sealed image of a template was found to hold that guests may have in common.
public struct ImageFacts: Hashable, Sendable {
  /// Something in an image that belongs to one machine alone, or that forks need.
  public enum Trace: String, Hashable, Sendable, CaseIterable {
    case machineID, hostname, sshHostKey, randomSeed, lease, cloudInstance
    /// covey's identity program.
    case program
    /// qemu-guest-agent.
    case agent
  }

  /// Why nobody could look inside, as the end of a sentence; nil when somebody did.
  public let obstacle: String?
  /// Absolute paths in the guest, sorted; nothing for what is not there.
  public let paths: [Trace: [String]]

  public init(paths: [Trace: [String]]) {
    obstacle = nil
    self.paths = paths.filter { !$0.value.isEmpty }.mapValues { $0.sorted() }
  }

  /// - `obstacle`: such as `it has a partition table`.
  public init(obstacle: String) {
    self.obstacle = obstacle
    paths = [:]
  }

  func has(_ trace: Trace) -> Bool { paths[trace] != nil }
}
