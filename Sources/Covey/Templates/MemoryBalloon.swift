/// Whether a machine may give memory back to its host while it runs.
///
/// Both devices tell QEMU to discard pages, which punches holes in the file that holds the memory: a fork shares that file
/// with its siblings, so forks have neither.
public enum MemoryBalloon: String, Hashable, Sendable, Codable, CaseIterable {
  case none
  /// A virtio balloon that the host inflates.
  case virtio
  /// A virtio balloon by which the guest also reports pages that it does not use.
  case reporting = "free-page-reporting"
}
