import CoveyWire
import Foundation
import Testing

/// Proves that a real cloud-init reads the disc that covey makes: on the sealed `debian-web`, made a cloud image of.
enum CloudInitProof {
  /// What a distribution's image leaves to the user, in place of what `debian-web` says itself.
  private static let configuration = """
    datasource_list: [NoCloud, None]
    users: [root]
    disable_root: true
    ssh_pwauth: false
    ssh_deletekeys: false
    ssh_genkeytypes: []
    cloud_init_modules: [set_hostname, users-groups, write-files]
    cloud_config_modules: []
    cloud_final_modules: []

    """

  /// Its stages as distributions run them, one after the other: `debian-web` itself leaves out the second one.
  private static let unit = """
    [Unit]
    After=debian-web.service network.target
    [Service]
    Type=oneshot
    RemainAfterExit=yes
    RuntimeDirectory=cloud-init
    RuntimeDirectoryPreserve=yes
    ExecStartPre=/usr/bin/touch /run/cloud-init/enabled
    ExecStart=/usr/bin/cloud-init init --local
    ExecStart=/usr/bin/cloud-init init

    """

  /// What is written last is the web server's note: the health check asks for it, and so waits for cloud-init.
  private static let userData = """
    #cloud-config
    users:
      - name: ada
    write_files:
      - path: /var/lib/debian-web/note
        content: written by cloud-init

    """

  private static let networkConfig = """
    version: 2
    ethernets:
      ens2:
        addresses: [10.0.2.15/24, 10.0.2.77/24]
        gateway4: 10.0.2.2

    """

  /// - `daemon`: has the template, and in its cache the kernel's package.
  static func run(with daemon: Daemon) async throws {
    let folder = "\(daemon.state)/cloud"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await makeImage("\(folder)/image", daemon, folder)
    for (name, text) in [("user-data", userData), ("network-config", networkConfig)] {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    try await daemon.does(
      "template import \(folder)/image --image-format raw --name cloud --memory 256MiB --port 80 "
        + "--health-port 80 --health-path /file --ready-within 240s "
        + "--user-data \(folder)/user-data --network-config \(folder)/network-config")
    try FileManager.default.removeItem(atPath: folder)
    try await daemon.does("launch three --template cloud")

    #expect(try await daemon.page("/file", of: "three").body == "written by cloud-init")
    #expect(try await daemon.page("/name", of: "three").body == "three\n", "its hostname")
    var (said, words): (String, [String]) = ("", [])
    // A machine that is still busy may take longer to answer than the console is open.
    for _ in 1...5 where words.count < 5 {
      said = try await daemon.does(
        "console three",
        typing: "echo told $(cat /var/lib/cloud/data/instance-id) $(id -un ada) "
          + "$(grep -h ^Address= /etc/systemd/network/10-cloud-init-*)\n")
      let line = said.split(whereSeparator: \.isNewline).last { $0.hasPrefix("told ") }
      words = line?.split(separator: " ").map(String.init) ?? []
    }
    let uuid = try await daemon.guest("three").uuid
    #expect(
      words == ["told", uuid, "ada", "Address=10.0.2.15/24", "Address=10.0.2.77/24"], "\(said)")
    try await daemon.does("snapshot create three now")
    try await daemon.does("delete three --force")
  }

  private static func makeImage(_ path: String, _ daemon: Daemon, _ folder: String) async throws {
    let cache = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.state)/cache")
    guard let package = cache.first(where: { $0.hasPrefix("linux-image-") }) else {
      throw Unexpected("no kernel package in \(cache)")
    }
    var image = BootableImage(sealed: try await daemon.sealed("debian-web"))
    // The root has no modules; NoCloud's disc is an ISO 9660 file system, whose module needs the other one.
    image.modules = try await BootableImage.modules(
      ["cdrom", "isofs"], of: "\(daemon.state)/cache/\(package)", to: "\(folder)/kernel")
    image.files = [
      ("/etc/cloud/cloud.cfg.d/50-covey.cfg", configuration),
      ("/etc/systemd/system/cloud-init.service", unit),
    ]
    image.starts = [.bios]
    try await image.make(at: path)
  }
}
