import Covey
import Glibc

/// Makes a qcow2 image with an ext4 file system from a folder, without root and the same for the same folder.
///
/// mke2fs takes owners and times from the folder, which belong to whoever builds; debugfs then sets both as they should be
/// (e2fsprogs 1.47.0 cannot do it by itself). Its fake time is what e2fsprogs' own tests use. Modes are the folder's.
enum DiskImage {
  private static let identity = "c0fe0000-0000-4000-8000-000000000001"
  private static let hashSeed = "c0fe0000-0000-4000-8000-000000000002"
  private static let fakeTime = ["E2FSPROGS_FAKE_TIME": "\(Initramfs.epoch)"]

  /// Written out, so that the host's `/etc/mke2fs.conf` makes no difference.
  private static let features =
    "none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,"
    + "huge_file,dir_nlink,extra_isize,metadata_csum"

  /// - `owners`: of what does not belong to root, by paths relative to the tree.
  /// - `raw`: a path for the image on the way.
  static func make(
    from tree: String, owners: [String: FileOwner] = [:], size: ByteCount, raw: String,
    to image: String, subject: String
  ) async throws {
    let purpose = "cannot make the disk"
    try HostFiles.write([], to: raw, mode: 0o600)
    guard truncate(raw, off_t(size.bytes)) == 0 else { throw HostFiles.problem("cannot size", raw) }
    try await Program.mke2fs.run(
      [
        "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-m", "0", "-O", features, "-U",
        identity,
        "-E", "root_owner=0:0,hash_seed=\(hashSeed),lazy_itable_init=0,lazy_journal_init=0",
        "-d", tree, raw,
      ], to: purpose, subject: subject, environment: fakeTime, space: raw, failure: .invalid,
      hint: "if the files do not fit, raise build.root.size in template.yaml")
    try await own(tree, owners, in: raw, purpose: purpose, subject: subject)
    try await Program.qemuImg.run(
      ["convert", "-q", "-f", "raw", "-O", "qcow2", raw, image], to: purpose, subject: subject,
      space: image)
    try HostFiles.remove(raw)
  }

  /// Gives every file to its owner and to one moment.
  private static func own(
    _ tree: String, _ owners: [String: FileOwner], in raw: String, purpose: String, subject: String
  ) async throws {
    let time = "@\(Initramfs.epoch)"
    let times = [
      "atime \(time)", "mtime \(time)", "ctime \(time)", "crtime \(time)",
      "atime_extra 0", "mtime_extra 0", "ctime_extra 0", "crtime_extra 0",
    ]
    let everything = try ["/", "/lost+found"] + paths(in: tree, below: "/")
    // In portions, because debugfs repeats every command on its output.
    for start in stride(from: 0, to: everything.count, by: 1000) {
      let commands = everything[start..<min(start + 1000, everything.count)].flatMap { path in
        let owner = owners[String(path.dropFirst())] ?? .root
        return (["uid \(owner.user)", "gid \(owner.group)"] + times).map {
          "set_inode_field \"\(path)\" \($0)\n"
        }
      }
      let output = try await Program.debugfs.run(
        ["-w", "-f", "-", raw], to: purpose, subject: subject, environment: fakeTime,
        input: commands.joined(), space: raw)
      try check(output, purpose: purpose, subject: subject)
    }
  }

  private static func check(_ output: Program.Output, purpose: String, subject: String) throws {
    // debugfs ends with 0 whatever happens; what it has to say comes after the line with its version.
    let complaints = output.errors.split(separator: "\n").filter { !$0.hasPrefix("debugfs 1.") }
    guard complaints.isEmpty else {
      throw Problem(
        .internal, subject: subject,
        "\(purpose): debugfs: \(complaints.prefix(3).joined(separator: "; "))",
        hint: "file names with quotes or line ends cannot be put into an image")
    }
  }

  private static func paths(in folder: String, below prefix: String) throws -> [String] {
    var found: [String] = []
    for name in try HostFiles.names(in: folder) {
      found.append(prefix + name)
      if let facts = HostFiles.facts(of: "\(folder)/\(name)"), HostFiles.kind(facts) == .folder {
        found += try paths(in: "\(folder)/\(name)", below: "\(prefix)\(name)/")
      }
    }
    return found
  }
}
