import CoveyWire
import Foundation

/// `podman run` of the same web server from the same file tree, with a published port.
///
/// Debian's podman as root: runc, overlay on the host's file system, a bridge by netavark. Its storage, its
/// addresses and its rules are inside the enclosure.
struct Podman: Side {
  let subject: Subject
  let place: Place
  let kind = SideKind.podman
  private let endpoint = Endpoint(address: "127.119.0.1", port: 8080)
  private var image: String { "covey-bench/\(subject.name)" }

  /// Imports the tree of the template's sealed disk as an image.
  static func make(_ subject: Subject, _ template: TemplateView, _ place: Place) async throws
    -> Podman
  {
    let podman = Podman(subject: subject, place: place)
    try podman.configure()
    let (raw, tree) = ("\(place.podman)/disk.raw", "\(place.podman)/tree")
    try await Tool.run(["mkdir", "-p", tree])
    try await Tool.run([
      "qemu-img", "convert", "-O", "raw", "\(place.state)/templates/\(template.digest)/disk.qcow2",
      raw,
    ])
    try await Tool.run(["debugfs", "-R", "rdump / \(tree)", raw])
    for folder in subject.containerFolders { try await Tool.run(["mkdir", "-p", tree + folder]) }
    let archive = "\(place.podman)/tree.tar"
    try await Tool.run([
      "tar", "-C", tree, "--exclude=./lost+found", "--exclude=./boot", "-cf", archive, ".",
    ])
    try await podman.podman(["import", archive, podman.image])
    try await Tool.run(["rm", "-rf", tree, raw, archive])
    return podman
  }

  /// This process's own limits: podman's defaults may be higher, which needs a privilege that root may lack.
  private func configure() throws {
    let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
    let words = [("nofile", "Max open files"), ("nproc", "Max processes")].map { name, line in
      let most = min(Self.hardLimit(line, in: limits) ?? 1024, 1 << 20)
      return "\"\(name)=\(most):\(most)\""
    }
    try place.write(
      "[containers]\ndefault_ulimits = [\(words.joined(separator: ", "))]\n", to: configuration)
  }

  /// The hard limit in a line of /proc/self/limits; nil where there is none. Pure.
  static func hardLimit(_ name: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    let words = line?.dropFirst(name.count).split(separator: " ") ?? []
    return words.count > 1 ? Int(words[1]) ?? .max : nil
  }

  private var configuration: String { "\(place.podman)/containers.conf" }

  func prepare() async throws {}

  func start() async throws -> Start {
    try await Clock.time {
      try await podman(
        [
          "run", "-d", "--rm", "--cgroup-parent", "/\(place.name)", "--name", "web", "-p",
          "\(endpoint.text):80", image,
        ]
          + subject.containerCommand)
    } until: {
      try await PageProbe(endpoint: endpoint, path: Subject.namePath, within: .seconds(60)).first()
    }
  }

  func end() async throws { try await podman(["rm", "-f", "-i", "-t", "0", "web"]) }

  func remove() async throws {
    try await podman(["rm", "-f", "-a", "-t", "0"])
    try await podman(["rmi", "-f", image])
  }

  @discardableResult private func podman(_ words: [String]) async throws -> String {
    let options = [
      "--root", "\(place.podman)/root", "--runroot", "\(place.podman)/run", "--tmpdir",
      "\(place.podman)/tmp", "--network-config-dir", "\(place.podman)/net", "--runtime", "runc",
      "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--storage-driver", "overlay",
    ]
    return try await Tool.run(
      ["podman"] + options + words, environment: ["CONTAINERS_CONF": configuration])
  }
}
