/// One way to do something to a disk, measured from the call to its end.
protocol DiskSide: Sendable {
  var kind: DiskSideKind { get }

  /// Makes everything ready for the next call; not measured.
  func prepare() async throws

  /// What a user would type; what it did is on the disk when it returns, as far as the tool sees to that.
  func act() async throws

  /// Takes back what `act` did, where the next one needs that; not measured, and may be repeated.
  func end() async throws
}

/// What is done to disks, by covey and by the tools that one would use instead. The words are those of findings.
enum DiskSideKind: String, CaseIterable, Codable, Hashable, Sendable {
  case move, blockcopy, snapshot
  case createAs = "snapshot-create-as"
  case copy, convert
  case convertFlushed = "convert-flushed"

  /// What the table of the report calls it.
  var title: String {
    switch self {
    case .move: "covey disk move, running"
    case .blockcopy: "`virsh blockcopy --pivot`"
    case .snapshot: "covey snapshot create"
    case .createAs: "`virsh snapshot-create-as --disk-only`"
    case .copy: "covey disk move, stopped"
    case .convert: "`qemu-img convert`"
    case .convertFlushed: "`qemu-img convert -t writeback`"
    }
  }

  /// The tool that it is held against; nil for the tools.
  var rival: DiskSideKind? {
    switch self {
    case .move: .blockcopy
    case .snapshot: .createAs
    case .copy: .convert
    default: nil
    }
  }

  /// Whether all of the disk's data pass through it.
  var isCopy: Bool { ![.snapshot, .createAs].contains(self) }
}
