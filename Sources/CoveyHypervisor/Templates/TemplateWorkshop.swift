import Covey

/// Makes a template's three files from its folder and Debian packages.
struct TemplateWorkshop: Sendable {
  let source: TemplateSource
  let packages: DebianPackages
  /// A private folder that the caller removes.
  let place: String
  let report: @Sendable (String) -> Void

  /// Where the files end up.
  var sealed: String { "\(place)/sealed" }

  private var subject: String { "template \(source.manifest.name)" }
  private var recipe: TemplateRecipe { source.manifest.recipe }

  /// The package whose static busybox every initramfs runs.
  private static let busybox = "busybox-static"

  /// - Returns: the packages that went in, as `NAME VERSION`.
  func make() async throws -> [String] {
    try HostFiles.makeFolder(sealed)
    report("resolving packages")
    var wanted: [String] = []
    if case .unpacked(let names) = recipe.root { wanted = names }
    let known = try await packages.candidates([recipe.kernelPackage, Self.busybox] + wanted)
    let kernelPackage = try await packages.kernel(behind: known[0])
    let (busyboxPackage, rootPackages) = (known[1], Array(known[2...]))

    let busybox = try await unpack(busyboxPackage, into: "busybox") + "/bin/busybox"
    let kernel = try UnpackedKernel(
      folder: await unpack(kernelPackage, into: "kernel"), package: kernelPackage.name)
    try HostFiles.copy(kernel.image, to: file(.kernel), mode: 0o444)

    report("making the initramfs")
    let archive = "\(place)/initramfs.cpio"
    try await Initramfs.make(
      modules: recipe.modules, kernel: kernel, busybox: busybox, work: folder("initramfs"),
      to: archive, subject: subject)
    try HostFiles.rename("\(archive).gz", to: file(.initrd))

    let root = try await makeRoot(rootPackages)
    report("making the disk")
    try await DiskImage.make(
      from: root.tree.path, owners: root.owners, size: recipe.size, raw: "\(place)/root.raw",
      to: file(.disk), subject: subject)
    let used = [kernelPackage, busyboxPackage].map { "\($0.name) \($0.version)" }
    return Array(Set(used + root.packages))
  }

  /// A root file system before it becomes a disk.
  private struct Root {
    let tree: RootTree
    /// As `NAME VERSION`.
    var packages: [String]
    var owners: [String: FileOwner] = [:]
  }

  private func makeRoot(_ rootPackages: [DebianPackages.Package]) async throws -> Root {
    let tree = try RootTree(path: "\(place)/root", subject: subject)
    var root: Root
    switch recipe.root {
    case .unpacked: root = try await unpacked(rootPackages, in: tree)
    case .debian(let system): root = try await installed(system, in: tree)
    }
    // A package's archive may set the mode of the root folder itself.
    try HostFiles.setMode(0o755, of: tree.path)
    try tree.addSkeleton()
    try tree.add(source.files)
    for file in source.files where file.content != .folder { root.owners[file.place] = nil }
    if source.manifest.identity != nil {
      report("compiling the identity program")
      try await IdentityBuild.add(to: tree, work: folder("identity"))
    }
    if case .unpacked = recipe.root, HostFiles.facts(of: "\(tree.path)/bin/busybox") != nil {
      try await tree.addApplets(of: "bin/busybox")
    }
    return root
  }

  private func unpacked(_ rootPackages: [DebianPackages.Package], in tree: RootTree) async throws
    -> Root
  {
    report("assembling the root file system")
    for package in rootPackages {
      let file = try await packages.file(of: package, report: report)
      try await packages.unpack(file, into: tree.path, subject: subject)
    }
    return Root(tree: tree, packages: rootPackages.map { "\($0.name) \($0.version)" })
  }

  private func installed(_ system: DebianSystem, in tree: RootTree) async throws -> Root {
    let archive = try await DebianInstaller(cache: packages.cache).archive(
      of: system, name: source.manifest.name, work: folder("sources"), report: report)
    report("unpacking the Debian system")
    let installed = InstalledSystem(archive: archive, subject: subject)
    try await installed.unpack(into: tree)
    return try await Root(
      tree: tree, packages: InstalledSystem.packages(in: tree), owners: installed.owners())
  }

  private func unpack(_ package: DebianPackages.Package, into name: String) async throws -> String {
    let file = try await packages.file(of: package, report: report)
    report("unpacking \(package.name) \(package.version)")
    let folder = try folder(name)
    try await packages.unpack(file, into: folder, subject: subject)
    return folder
  }

  private func folder(_ name: String) throws -> String {
    try HostFiles.makeFolder("\(place)/\(name)")
    return "\(place)/\(name)"
  }

  private func file(_ role: SealedFile.Role) -> String {
    "\(sealed)/\(SealDescription.fileName(of: role))"
  }
}
