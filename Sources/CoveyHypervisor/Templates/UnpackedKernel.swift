import Covey

/// A Debian kernel package, unpacked into a folder of ours.
struct UnpackedKernel: Sendable {
  let folder: String
  /// As in `/lib/modules/VERSION`.
  let version: String

  /// - Throws: `.unavailable` when the package holds no kernel.
  init(folder: String, package: String) throws {
    self.folder = folder
    let modules = "\(folder)/lib/modules"
    guard HostFiles.facts(of: modules) != nil, let version = try HostFiles.names(in: modules).first
    else {
      throw Problem(
        .unavailable, subject: "package \(package)", "the package \(package) holds no kernel",
        hint: "name a kernel image in template.yaml, such as linux-image-cloud-amd64")
    }
    self.version = version
  }

  var image: String { "\(folder)/boot/vmlinuz-\(version)" }

  /// The files of modules and of what they depend on, in the order in which they load.
  ///
  /// - Throws: `.invalid` for a module that the kernel does not have.
  func loadOrder(of modules: [String], subject: String) async throws -> [String] {
    try await Program.depmod.run(
      ["-b", folder, version], to: "cannot list the kernel's modules", subject: subject,
      space: folder)
    var order: [String] = []
    for module in modules {
      let shown = try await Program.modprobe.run(
        ["-S", version, "-d", folder, "--show-depends", module],
        to: "cannot find the module \(module)", subject: subject, failure: .invalid,
        hint: "correct build.kernel.modules in template.yaml; this kernel is \(version)")
      // Lines are `insmod FILE [OPTIONS]`, or `builtin NAME` for what needs no loading. Our folder may hold spaces.
      let start = "insmod \(folder)"
      for line in shown.text.split(separator: "\n") where line.hasPrefix(start) {
        let file = folder + line.dropFirst(start.count).prefix { $0 != " " }
        if !order.contains(file) { order.append(file) }
      }
    }
    return order
  }
}
