import Covey
import Glibc

/// A folder that holds a guest's layers, or will.
struct LayerPlace: Sendable {
  let folder: String
  let guest: Guest
  /// Lets other users pass through it, as QEMU does under a libvirt that runs it as an account of its own.
  let mode: mode_t

  private var subject: String { "guest \(guest.name)" }
  private var owner: String { "\(folder)/owner" }
  private var purpose: String { "cannot put the disk of guest \"\(guest.name)\" in \(folder)" }

  /// Looks whether the layers could lie here; changes nothing.
  ///
  /// - Throws: `.invalid` for what is no folder, is a link, or cannot be written to; `.exists` for another guest's files.
  func check(room: ByteCount) throws(Problem) {
    let parent = HostFiles.parent(of: folder)
    try Self.check(parent, subject: subject, purpose: purpose)
    try checkContent()
    try DiskSpace.require(room, at: parent, for: purpose, subject: subject)
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

  private func checkContent() throws(Problem) {
    guard let facts = HostFiles.facts(of: folder) else { return }
    guard HostFiles.kind(facts) == .folder else {
      throw wrong("it is a \(HostFiles.kind(facts).rawValue)", "name another place")
    }
    let isOurs = (try? HostFiles.text(of: owner, limit: 64)) == guest.uuid  // unreadable: not ours
    guard try isOurs ? true : HostFiles.names(in: folder).isEmpty else {
      throw Problem(
        .exists, subject: subject, "\(purpose): there are files in it that are not this guest's",
        hint: "move them away if they matter, or choose another place")
    }
  }

  func claim() throws(Problem) {
    try checkContent()
    if HostFiles.facts(of: folder) == nil { try HostFiles.makeFolder(folder) }
    try HostFiles.setMode(mode, of: folder)
    try HostFiles.write(guest.uuid.utf8, to: owner, mode: 0o600)
    try HostFiles.synchronize(folder)
    try HostFiles.synchronize(HostFiles.parent(of: folder))
  }

  /// Removes layers and memories, and the folder with its mark where nothing else is in it.
  ///
  /// - `keepsFolder`: for the one that holds the guest's other files.
  func clear(below limit: Int, keepsFolder: Bool) throws(Problem) {
    guard HostFiles.facts(of: folder) != nil,
      (try? HostFiles.text(of: owner, limit: 64)) == guest.uuid  // another's files are not ours
    else { return }
    for number in 0..<limit {
      let path = "\(folder)/\(GuestFolder.layer(number))"
      try HostFiles.remove(path)
      try HostFiles.remove(path + ".new")
      try HostFiles.remove(path + GuestFolder.mirrorMark)
      try HostFiles.remove("\(folder)/\(GuestFolder.memory(number))")
    }
    let isDone = try HostFiles.names(in: folder) == ["owner"]
    if isDone, !keepsFolder { try HostFiles.remove(folder) }
  }

  private func wrong(_ why: String, _ hint: String) -> Problem {
    Problem(.invalid, subject: subject, "\(purpose): \(why)", hint: hint)
  }

  /// Bytes a second that the place takes, measured with a small file that goes at once.
  func measureRate() throws(Problem) -> Double {
    let path = "\(HostFiles.parent(of: folder))/.covey-\(guest.uuid)"
    let bytes = [UInt8](repeating: 0xC0, count: 16 << 20)
    let began = ContinuousClock.now
    do throws(Problem) { try HostFiles.write(bytes, to: path, mode: 0o600) } catch {
      try HostFiles.remove(path)
      throw error
    }
    let seconds = began.duration(to: .now).inSeconds
    try HostFiles.remove(path)
    return Double(bytes.count) / max(seconds, 0.001)
  }
}
