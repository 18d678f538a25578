import Covey
import Glibc

/// qemu-img in a cell: it sees one folder from inside, has little to spend, and can gain no rights.
///
/// ```
/// .building-XXXXXX/     0700, covey's: nobody else finds a way in
///   cell/               0711, covey's: qemu-img is started in it, and can neither add nor remove a name
///     source            0444, covey's
///     fresh             0600, qemu-img's
/// ```
///
/// Started as root, qemu-img runs as an account without rights. The kernel looks up relative names from the working
/// folder, so that it needs no way through the folders above, and nobody else gets one. Started as another user, it runs as
/// that user, with the same limits.
struct ConfinedQemuImg: Sendable {
  /// What QEMU's threads reserve and hardly touch included; a real conversion touches 100 MiB.
  private static let memory = ByteCount.gibibytes(4)
  private static let files = 64

  let cell: String
  let subject: String
  /// Whom qemu-img runs as; nil when that is the current user.
  let account: Account?

  struct Account: Sendable {
    let user: uid_t
    let group: gid_t
  }

  /// Makes the cell in a private folder.
  init(in place: String, account name: String, subject: String) throws(Problem) {
    account = geteuid() == 0 ? try Self.account(name) : nil
    cell = "\(place)/cell"
    self.subject = subject
    try HostFiles.makeFolder(cell)
    if account != nil { try HostFiles.setMode(0o711, of: cell) }
  }

  private static func account(_ name: String) throws(Problem) -> Account {
    guard let entry = getpwnam(name)?.pointee, entry.pw_uid != 0 else {
      throw Problem(
        .unavailable, subject: name,
        "there is no account \"\(name)\" without rights that qemu-img could run as",
        hint: "make one: adduser --system \(name)")
    }
    return Account(user: entry.pw_uid, group: entry.pw_gid)
  }

  /// The mode with which qemu-img can read what belongs to covey.
  var readable: mode_t { account == nil ? 0o400 : 0o444 }

  func path(of name: String) -> String { "\(cell)/\(name)" }

  /// Makes an empty file that qemu-img may write to.
  func makeWritable(_ name: String) throws(Problem) {
    let path = path(of: name)
    try HostFiles.write([], to: path, mode: 0o600, waits: false)
    guard let account else { return }
    guard chown(path, account.user, account.group) == 0 else {
      throw HostFiles.problem("cannot give away", path)
    }
  }

  /// Takes such a file back.
  func reclaim(_ name: String) throws(Problem) {
    let path = path(of: name)
    guard lchown(path, geteuid(), getegid()) == 0 else {
      throw HostFiles.problem("cannot take back", path)
    }
    try HostFiles.setMode(0o600, of: path)
  }

  /// - `writes`: the largest file that it may make; zero for a look.
  /// - `within`: of its processor's time and of the clock's.
  func run(_ arguments: [String], to purpose: String, writes: ByteCount, within: Duration)
    async throws -> Program.Output
  {
    let seconds = max(1, within.milliseconds / 1000)
    let limits = [
      "--cpu=\(seconds)", "--as=\(Self.memory.bytes)", "--fsize=\(writes.bytes)",
      "--nofile=\(Self.files)", "--core=0",
    ]
    return try await Program.prlimit.run(
      limits + [Program.setpriv.name] + rights + ["--", Program.qemuImg.name] + arguments,
      to: purpose, subject: subject, in: cell, space: cell, within: within, failure: .invalid,
      hint: "if the image is whole where it comes from (qemu-img check IMAGE), copy it again")
  }

  private var rights: [String] {
    guard let account else { return ["--no-new-privs"] }
    return [
      "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--no-new-privs",
      "--inh-caps=-all", "--bounding-set=-all", "--reset-env",
    ]
  }
}
