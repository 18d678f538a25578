import CoveyWire
import Foundation

/// The machines of one template that libvirtd runs, with a HAProxy of their own before each of them.
final class PlainMachines: Sendable {
  /// Started by `virsh start`, each on an overlay of the image; more than one for starts at once.
  static let cold = ["cold-1", "cold-2", "cold-3", "cold-4"]
  /// Copied by `virt-clone`, and never started itself.
  static let original = "original"
  static let copy = "copy"
  /// Saved once, and restored again and again.
  static let saved = "saved"

  let subject: Subject
  private let template: TemplateView
  private let folder: String
  private let files: String
  private let balancer: Child

  /// Copies the template's files, defines the machines and starts the balancer.
  ///
  /// The files are copies so that libvirtd never touches what covey has sealed.
  static func make(
    _ subject: Subject, _ template: TemplateView, _ place: Place
  ) async throws -> PlainMachines {
    let machines = try PlainMachines(subject, template, place)
    try await machines.copyFiles()
    for name in cold + [saved] {
      try await machines.makeOverlay(name)
      try await machines.define(name)
    }
    try await Tool.run(["cp", machines.image, machines.disk(original)])
    try await machines.define(original)
    return machines
  }

  private init(_ subject: Subject, _ template: TemplateView, _ place: Place) throws {
    (self.subject, self.template) = (subject, template)
    folder = "\(place.machines)/\(subject.name)"
    files = "\(place.state)/templates/\(template.digest)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let configuration = "\(folder)/haproxy.cfg"
    try place.write(
      PlainBalancer(names: Self.cold + [Self.copy, Self.saved]).text, to: configuration)
    balancer = try Child(
      ["haproxy", "-db", "-f", configuration], log: "\(folder)/haproxy.log")
  }

  var image: String { "\(folder)/image.qcow2" }
  func disk(_ name: String) -> String { "\(folder)/\(name).qcow2" }
  var savedState: String { "\(folder)/saved.state" }

  private func copyFiles() async throws {
    for (from, to) in [
      ("disk.qcow2", image), ("vmlinuz", "\(folder)/vmlinuz"), ("initrd.gz", "\(folder)/initrd.gz"),
    ] {
      try await Tool.run(["cp", "--sparse=always", "\(files)/\(from)", to])
      try await Tool.run(["chmod", "u+w", to])
    }
  }

  /// A fresh overlay, as a machine has it that starts from the image.
  func makeOverlay(_ name: String) async throws {
    try await Tool.run([
      "qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, disk(name),
    ])
  }

  private func define(_ name: String) async throws {
    // The copy takes over the original's arguments, so it has the address of both.
    let address = PlainBalancer.address(of: name == Self.original ? Self.copy : name)
    let machine = PlainMachine(
      name: name, address: address, disk: disk(name), kernel: "\(folder)/vmlinuz",
      initrd: "\(folder)/initrd.gz", console: "\(folder)/\(name).console", template: template)
    let path = "\(folder)/\(name).xml"
    try Data(machine.document.utf8).write(to: URL(filePath: path))
    try await Libvirtd.virsh(["define", path])
  }

  /// Waits for the first page of a machine through the balancer.
  func firstPage(of name: String) async throws -> ContinuousClock.Instant {
    try await PageProbe(
      endpoint: PlainBalancer.endpoint(of: name), path: Subject.namePath,
      within: subject.bootPatience
    ).first()
  }

  /// Succeeds when it does not run.
  func destroy(_ name: String) async throws {
    let running = try await Libvirtd.virsh(["list", "--name"]).split(separator: "\n")
    if running.contains(Substring(name)) { try await Libvirtd.virsh(["destroy", name]) }
  }

  /// Ends what runs and forgets the machines.
  func remove() async throws {
    try await Leftovers.clearMachines()
    await balancer.end()
    try FileManager.default.removeItem(atPath: folder)
  }

  /// A trial that failed leaves the listeners to the next one.
  deinit { balancer.send(SIGTERM) }
}
