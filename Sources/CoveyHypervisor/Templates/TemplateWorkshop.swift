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
    let known = try await packages.candidates(
      [recipe.kernelPackage, Self.busybox] + recipe.packages)
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
      from: root.path, size: recipe.size, raw: "\(place)/root.raw", to: file(.disk),
      subject: subject)
    return Set([kernelPackage, busyboxPackage] + rootPackages).map { "\($0.name) \($0.version)" }
  }

  private func makeRoot(_ rootPackages: [DebianPackages.Package]) async throws -> RootTree {
    report("assembling the root file system")
    let root = try RootTree(path: "\(place)/root", subject: subject)
    for package in rootPackages {
      let file = try await packages.file(of: package, report: report)
      try await packages.unpack(file, into: root.path, subject: subject)
    }
    // A package's archive may set the mode of the root folder itself.
    try HostFiles.setMode(0o755, of: root.path)
    try root.addSkeleton()
    try root.add(source.files)
    if HostFiles.facts(of: "\(root.path)/bin/busybox") != nil {
      try await root.addApplets(of: "bin/busybox")
    }
    return root
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
