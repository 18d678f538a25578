import Covey
import Foundation
import Glibc

/// A folder that holds a guest's layers, or will.
struct LayerPlace: Sendable {
  let folder: String
  let guest: Guest
  /// Lets other users pass through it, as QEMU does under a libvirt that runs it as an account of its own.
  let mode: mode_t

  private var subject: String { "guest \(guest.name)" }
  private static let mark = "owner"
  private var owner: String { "\(folder)/\(Self.mark)" }
  /// A mark that is not whole yet.
  private var draft: String { "\(owner).new" }
  /// - Throws: as `owner(of:)`.
  func isOurs() throws(Problem) -> Bool { try Self.owner(of: folder) == guest.uuid }
  private var purpose: String { "cannot put the disk of guest \"\(guest.name)\" in \(folder)" }

  /// Looks whether the layers could lie here; changes nothing.
  ///
  /// - `current`: where the guest's layers lie now.
  /// - `state`: covey's own folder, in which no disk may lie but in its guest's folder; nil where that is meant.
  /// - Throws: `.invalid` for what is no folder, is a link, cannot be written to, belongs to covey or to a guest, or is where
  ///   the layers lie already; `.exists` for another guest's files.
  func check(room: ByteCount, besides current: String, outside state: String?) throws(Problem) {
    let parent = HostFiles.parent(of: folder)
    try Self.check(parent, subject: subject, purpose: purpose)
    if let state {
      try Self.check(
        parent, isOutside: state, subject: subject, purpose: purpose, hint: Self.outside)
    }
    guard !HostFiles.areSame(folder, current) else {
      throw wrong("it lies there already, by another name: \(current)", "choose another place")
    }
    try checkContent()
    try DiskSpace.require(
      room, at: parent, for: purpose, subject: subject, hint: DiskSpace.chooseAnother)
  }

  /// - Throws: `.invalid` when a path is no folder that this user may write to.
  static func check(_ path: String, subject: String, purpose: String) throws(Problem) {
    func wrong(_ why: String, _ hint: String) -> Problem {
      Problem(.invalid, subject: subject, "\(purpose): \(path) \(why)", hint: hint)
    }
    guard let facts = HostFiles.facts(of: path) else {
      throw wrong("is not there", "make it, or mount what should be there")
    }
    guard HostFiles.kind(facts) == .folder else {
      throw wrong("is a \(HostFiles.kind(facts).rawValue)", "name a folder")
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw wrong(
        "cannot be written to: \(String(cString: strerror(errno)))",
        "give the user that runs coveyd write access to it")
    }
  }

  /// What lay in covey's own folder, or in a guest's, would be removed with that.
  ///
  /// - `state`: nil where covey has no folder of its own.
  static func check(
    _ path: String, isOutside state: String?, subject: String, purpose: String,
    hint: String = "choose a folder outside"
  ) throws(Problem) {
    func wrong(_ why: String) -> Problem {
      Problem(.invalid, subject: subject, "\(purpose): \(path) \(why)", hint: hint)
    }
    let line = HostFiles.lineage(of: path)
    if let state, line.contains(where: { HostFiles.areSame($0, state) }) {
      throw wrong("is in covey's own folder \(state)")
    }
    if let holder = line.first(where: isGuests) {
      throw wrong(
        holder == path
          ? "belongs to a guest" : "is in \(holder), which belongs to a guest")
    }
  }

  /// Where to go with a disk instead.
  static let outside =
    "choose a folder outside, or the place \"\(Pool.home)\", where disks lie that were never moved"

  /// Whether a folder has the mark of a guest, whose UUID it holds.
  private static func isGuests(_ folder: String) -> Bool {
    let mark = try? HostFiles.text(of: "\(folder)/\(mark)", limit: 64)  // unreadable: not covey's
    return mark.map { UUID(uuidString: $0) != nil } ?? false
  }

  /// The UUID of the guest whose a folder is by its mark; nil where there is none.
  ///
  /// - Throws: `Problem` for a mark that cannot be read: then it may be anybody's.
  private static func owner(of folder: String) throws(Problem) -> String? {
    let mark = "\(folder)/\(mark)"
    guard HostFiles.facts(of: mark) != nil else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw HostFiles.problem("cannot read", mark)
      }
      return nil
    }
    return try HostFiles.text(of: mark, limit: 64)
  }

  /// Whose a folder is, as a guest sees it that may want it.
  enum Standing {
    /// It has that guest's mark.
    case ours
    /// It is nobody's, or not there.
    case free
    /// It has another guest's mark, or none and a layer of some guest's disk.
    case anothers
  }

  /// - Throws: as `owner(of:)`, and for a folder that cannot be read.
  static func standing(of folder: String, for guest: Guest) throws(Problem) -> Standing {
    if let owner = try owner(of: folder) { return owner == guest.uuid ? .ours : .anothers }
    guard HostFiles.facts(of: folder) != nil else { return .free }
    let names = try HostFiles.names(in: folder)
    return names.contains { GuestFolder.layer(in: $0) != nil } ? .anothers : .free
  }

  /// - Returns: whether the folder is the guest's already.
  /// - Throws: `.exists` when it is another's; as `standing`.
  static func requireStanding(of folder: String, for guest: Guest) throws(Problem) -> Bool {
    switch try standing(of: folder, for: guest) {
    case .ours: return true
    case .free: return false
    case .anothers:
      throw Problem(
        .exists, subject: "guest \(guest.name)",
        "\(folder) holds the files of another guest that covey does not know",
        hint: "move that folder away if its disk matters, or remove it; or choose another name")
    }
  }

  private func checkContent() throws(Problem) {
    guard let facts = HostFiles.facts(of: folder) else { return }
    guard HostFiles.kind(facts) == .folder else {
      throw wrong("it is a \(HostFiles.kind(facts).rawValue)", "name another place")
    }
    let found = try isOurs() ? [] : HostFiles.names(in: folder)
    guard found.allSatisfy({ "\(folder)/\($0)" == draft }) else {
      throw Problem(
        .exists, subject: subject, "\(purpose): there are files in it that are not this guest's",
        hint: "move them away if they matter, or choose another place")
    }
  }

  /// Makes the folder and its mark. A mark is there whole or not at all, whatever is cut off: without it, nobody would remove
  /// what lies there.
  func claim() throws(Problem) {
    try checkContent()
    if HostFiles.facts(of: folder) == nil { try HostFiles.makeFolder(folder) }
    try HostFiles.setMode(mode, of: folder)
    if try !isOurs() {
      try HostFiles.write(guest.uuid.utf8, to: draft, mode: 0o600)
      try HostFiles.rename(draft, to: owner)
    }
    try HostFiles.synchronize(folder)
    try HostFiles.synchronize(HostFiles.parent(of: folder))
  }

  /// Removes layers and memories, and the folder with its mark where nothing else is in it. A power cut brings none back.
  ///
  /// - `keepsFolder`: for the one that holds the guest's other files.
  func clear(below limit: Int, keepsFolder: Bool) throws(Problem) {
    guard HostFiles.facts(of: folder) != nil, try isOurs() else { return }
    for file in files(below: limit) { try HostFiles.remove(file) }
    let isDone = try HostFiles.names(in: folder) == [Self.mark]
    guard isDone, !keepsFolder else { return try HostFiles.synchronize(folder) }
    try HostFiles.remove(folder)
    try HostFiles.synchronize(HostFiles.parent(of: folder))
  }

  /// All files that layers and memories below a number may have.
  func files(below limit: Int) -> [String] {
    (0..<limit).flatMap { number in
      let layer = GuestFolder.layer(number)
      return [layer, layer + ".new", layer + GuestFolder.mirrorMark, GuestFolder.memory(number)]
    }.map { "\(folder)/\($0)" }
  }

  private func wrong(_ why: String, _ hint: String) -> Problem {
    Problem(.invalid, subject: subject, "\(purpose): \(why)", hint: hint)
  }

  /// Bytes a second that the place takes and gives back, as a copy does both. Measured with a small file that has no name any
  /// more when it is written: a kill leaves nothing.
  func measureRate() throws(Problem) -> Double {
    let path = "\(HostFiles.parent(of: folder))/.covey-\(guest.uuid)"
    try HostFiles.remove(path)
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw HostFiles.problem("cannot write", path) }
    defer { close(file) }
    try HostFiles.remove(path)
    let bytes = [UInt8](repeating: 0xC0, count: 16 << 20)
    let began = ContinuousClock.now
    try HostFiles.writeAll(bytes, file, path)
    guard fsync(file) == 0 else { throw HostFiles.problem("cannot write", path) }
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
    guard lseek(file, 0, SEEK_SET) == 0 else { throw HostFiles.problem("cannot read", path) }
    try HostFiles.readAll(file, path) { _ in }
    return Double(bytes.count) / max(began.duration(to: .now).inSeconds, 0.001)
  }
}
