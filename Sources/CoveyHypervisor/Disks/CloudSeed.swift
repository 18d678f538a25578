import Covey

/// Makes the disc from which a guest's cloud-init reads who it is: its `NoCloud` source, a volume named `cidata`.
struct CloudSeed {
  let guest: Guest
  let cloudInit: CloudInit
  /// Where the disc lies.
  let path: String

  /// The `instance-id` is the guest's UUID, so that every clone is a new machine to cloud-init, and the same one at every boot.
  var metaData: String { "instance-id: \(guest.uuid)\nlocal-hostname: \(guest.name)\n" }

  /// Makes the disc, if it is not there.
  func make() async throws {
    guard HostFiles.facts(of: path) == nil else { return }
    let (work, new) = (path + ".files", path + ".new")
    let purpose = "cannot make the cloud-init disc of guest \"\(guest.name)\""
    try HostFiles.remove(work)
    try HostFiles.remove(new)
    try HostFiles.makeFolder(work)
    var files = [("user-data", cloudInit.userData), ("meta-data", metaData)]
    if let network = cloudInit.networkConfig { files.append(("network-config", network)) }
    do {
      for (name, text) in files {
        try HostFiles.write(text.utf8, to: "\(work)/\(name)", mode: 0o600, waits: false)
      }
      try await Program.genisoimage.run(
        ["-quiet", "-output", new, "-volid", "cidata", "-joliet", "-rock"]
          + files.map { "\(work)/\($0.0)" },
        to: purpose, subject: "guest \(guest.name)", space: path, within: .seconds(60))
      try HostFiles.setMode(0o600, of: new)
      try HostFiles.synchronize(new)
      try HostFiles.rename(new, to: path)
      try HostFiles.remove(work)
    } catch {
      try HostFiles.remove(work)
      try HostFiles.remove(new)
      throw error
    }
  }
}
