import Covey

/// What the engine asks of the layers that a guest's disk is made of, whether its machine runs or not.
///
/// The guest is given as it is before the change. Every call may be repeated after it was cut off anywhere: what it began it
/// finishes, and what was done it finds done. All throw `Problem`; `.noSpace` before anything is changed wherever the space
/// can be known.
public protocol Layers: Sendable {
  /// Makes an empty layer on top of another, in place of one that an earlier try left.
  ///
  /// - Throws: `.conflict` when a machine uses a file of that number.
  func add(_ layer: Int, on parent: Int, of guest: Guest) async throws
  /// Removes a layer's file; succeeds when it is gone.
  ///
  /// - Throws: `.conflict` when the machine uses it.
  func drop(_ layer: Int, of guest: Guest) async throws
  /// Has the machine write to another layer, all disks at one moment; nothing is to do while it is off.
  ///
  /// - Returns: how consistent the layer before is.
  func turn(_ guest: Guest, to layer: Int, as snapshot: Snapshot) async throws
    -> Snapshot.Consistency
  /// Copies what a layer holds into the one that stands on it, and removes its file. At every moment the upper layer holds
  /// the whole truth.
  func pull(
    _ layer: Int, into child: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Copies what a layer holds into the one below it, has all that stood on it stand on that, and removes its file.
  func commit(
    _ layer: Int, into parent: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Whether the guest's layers could lie in a folder; changes nothing.
  ///
  /// - Throws: `.invalid` when it cannot hold them, or is where they lie by another name, `.exists` when another guest's lie
  ///   there, `.noSpace`.
  func check(_ folder: String?, for guest: Guest) async throws
  /// What bringing the guest's layers to a folder takes, its rate measured. Throws as `check`.
  func survey(_ folder: String?, for guest: Guest) async throws -> MoveSurvey
  /// Makes the folder, if it is not there, and marks it as the guest's. Throws as `check`.
  func claim(_ folder: String?, for guest: Guest) async throws
  /// Copies a layer that nobody writes to, in place of what an earlier try left, and compares both digests.
  ///
  /// - `rate`: bytes a second at most.
  /// - Throws: `.altered` when the copy is not the same.
  func copy(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Copies a saved memory, as `copy` does.
  func copyMemory(
    _ memory: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Copies the active layer and keeps the copy the same, until `pivot` or `stopMirror`. Returns once both are the same.
  func mirror(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws
  /// Ends a mirror, and leaves the guest on what it had; succeeds where there is none.
  func stopMirror(of guest: Guest) async throws
  /// Has the machine use the copies.
  ///
  /// - Throws: `.unknownOutcome` when nobody knows whether it does.
  func pivot(_ guest: Guest, to folder: String?) async throws
  /// Gives back the space that a machine which was killed had taken in its layers and never used. Nothing is done while the
  /// machine runs.
  ///
  /// - Throws: `.altered` when a layer is damaged otherwise.
  func mendLeaks(of guest: Guest) async throws
  /// Whether the machine goes on from where the record says, rather than from where a move brought it that was cut off.
  ///
  /// - Throws: `.conflict` when whoever goes by the record, or writes it down as the machine's definition, would lose what the
  ///   guest wrote since.
  func requireRecorded(_ guest: Guest) async throws
  /// Removes layers and memories whose numbers are below a limit from a folder in which the guest's do not lie (any more).
  ///
  /// - Throws: `.conflict` when the machine uses one of them.
  func clear(_ folder: String?, of guest: Guest, below limit: Int) async throws
  /// Copies the whole state that a layer stands for into a file of its own, in place of what an earlier try left.
  ///
  /// - `onTemplate`: leaves out what the template has; the copy then names it as `disk.qcow2`, wherever that lies.
  /// - `path`: what it is made for, beside which it is put where the guest's own folder has no room.
  /// - Returns: the copy's absolute path, for the caller to move away or to remove by `dropExtract`.
  /// - Throws: `.noSpace` when neither has room, `.invalid` when nothing can be written beside the path.
  func extract(
    _ layer: Int, of guest: Guest, onTemplate: Bool, near path: String?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> String
  /// Removes such a copy from both places; succeeds when it is gone.
  func dropExtract(of guest: Guest, near path: String?) async throws
  /// Has the layer that stands on the template take in what it reads from it.
  func flatten(_ layer: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void)
    async throws
  /// Has the layer that stands on the template stand on another version of it, and read the same. The machine must be off.
  func rebase(_ layer: Int, of guest: Guest, onto digest: String) async throws
  /// Makes the disk larger; a guest that runs sees it at once.
  func resize(_ guest: Guest, to size: ByteCount) async throws
  /// Removes a saved memory; succeeds when it is gone.
  func dropMemory(_ memory: Int, of guest: Guest) async throws
  /// Copies the file in which the guest's UEFI firmware remembers, in place of what an earlier try left; it may be in use. Where
  /// there is none, firmware that finds no copy begins anew, as it did before.
  func copyFirmwareState(_ state: Int, to copy: Int, of guest: Guest) async throws
  /// Removes such a file; succeeds when it is gone.
  func dropFirmwareState(_ state: Int, of guest: Guest) async throws
  /// Starts the machine on a saved memory, on the layer that is active, and tells it the time. A machine that ran on that
  /// layer before is started without the memory, which does not fit what it wrote since.
  ///
  /// - Throws: `.unavailable` when QEMU does not take the memory.
  func resume(_ guest: Guest, from memory: Int, of template: Template) async throws
  /// How large the disk is that a layer stands for, as the guest sees it.
  func size(of layer: Int, of guest: Guest) async throws -> ByteCount
  /// Space that each layer and each saved memory takes.
  func usage(of guest: Guest) async -> LayerUsage
  /// The file system that a folder lies on; nil when it is not there, or the system does not tell.
  func space(at folder: String) async -> PlaceSpace?
  /// Whether a folder could hold disks; changes nothing.
  ///
  /// - Throws: `.invalid` when it is no folder, cannot be written to, or belongs to covey or to a guest.
  func checkPlace(_ folder: FolderPath) async throws
  /// Whether two paths lead to one folder.
  func isSame(_ folder: FolderPath, as other: FolderPath) async -> Bool
  /// Places for disks that libvirt keeps; none on connections without storage.
  func storagePools() async throws -> [StoragePlace]
  /// How much of the disk differs between two layers.
  ///
  /// - Returns: bytes of blocks that were written in one line and not in the other; some may hold the same as before.
  func difference(between old: Int, and new: Int, of guest: Guest) async throws -> ByteCount
}

/// How much room there is where a folder lies.
public struct PlaceSpace: Hashable, Sendable {
  public let capacity: ByteCount
  /// What the user that runs coveyd may still write.
  public let free: ByteCount

  public init(capacity: ByteCount, free: ByteCount) {
    self.capacity = capacity
    self.free = free
  }
}

/// A place for disks that libvirt keeps.
public struct StoragePlace: Hashable, Sendable {
  public let name: Name
  public let folder: FolderPath

  public init(name: Name, folder: FolderPath) {
    self.name = name
    self.folder = folder
  }
}

/// Space that a guest's layers and saved memories take.
public struct LayerUsage: Hashable, Sendable {
  public let layers: [Int: ByteCount]
  public let memories: [Int: ByteCount]

  public init(layers: [Int: ByteCount], memories: [Int: ByteCount]) {
    self.layers = layers
    self.memories = memories
  }

  public var total: ByteCount {
    (Array(layers.values) + Array(memories.values)).reduce(ByteCount(bytes: 0), +)
  }
}
