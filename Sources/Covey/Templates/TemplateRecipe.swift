/// How a template's files are made: the `build` section of its `template.yaml`.
public struct TemplateRecipe: Hashable, Sendable {
  public static let sizeAllowed = ByteCount.mebibytes(16)...ByteCount.gibibytes(256)

  /// Debian package of the kernel; a meta-package stands for the image that it depends on.
  public let kernelPackage: String
  /// Kernel modules that the initramfs loads, in this order, each after what it depends on.
  public let modules: [String]
  public let root: Root
  /// Folder of files that are copied over the packages, relative to the template's folder.
  public let files: String
  /// Size of the root file system.
  public let size: ByteCount

  /// What the root file system is made of, before the template's files are copied over it.
  public enum Root: Hashable, Sendable {
    /// Debian packages that are unpacked, but not installed: without their dependencies and their scripts.
    case unpacked([String])
    /// A whole Debian system, installed with all that its packages depend on.
    case debian(DebianSystem)
  }

  static let keys = ["kernel", "root"]

  init(_ fields: DocumentFields) throws(Refusal) {
    let kernel = try fields.required(
      "kernel", fields.fields("kernel", known: ["package", "modules"]))
    kernelPackage = try kernel.required(
      "package", kernel.value("package", "the name of a Debian package", Self.packageName))
    modules =
      try kernel.list("modules", of: "module names such as virtio_blk", Self.moduleName) ?? []
    let root = try fields.required(
      "root", fields.fields("root", known: ["packages", "debian", "files", "size"]))
    self.root = try Self.root(root)
    files = try root.required(
      "files", root.value("files", "a folder inside the template's", Self.folder))
    size = try root.required("size", root.size("size"))
    guard Self.sizeAllowed.contains(size) else {
      throw root.wrong("size", "16MiB to 256GiB", found: size.description)
    }
  }

  private static func root(_ fields: DocumentFields) throws(Refusal) -> Root {
    let packages = try fields.list("packages", of: "names of Debian packages", packageName)
    guard let debian = try fields.fields("debian", known: ["suite", "packages"]) else {
      return .unpacked(packages ?? [])
    }
    guard packages == nil else {
      throw fields.wrong("debian", "either packages or debian, not both", found: "both")
    }
    let suite = try debian.value("suite", "the code name of a Debian release, such as bookworm") {
      node in node.text.flatMap { isWord($0, extra: "") ? $0 : nil }
    }
    let names = try debian.list("packages", of: "names of Debian packages", packageName)
    return try .debian(
      DebianSystem(
        suite: debian.required("suite", suite), packages: debian.required("packages", names)))
  }

  /// Strict, because these words become arguments of programs and names of files.
  private static func packageName(_ node: DocumentNode) -> String? {
    node.text.flatMap { isWord($0, extra: "+.-") ? $0 : nil }
  }

  private static func moduleName(_ node: DocumentNode) -> String? {
    node.text.flatMap { isWord($0, extra: "_-") ? $0 : nil }
  }

  private static func folder(_ node: DocumentNode) -> String? {
    guard let text = node.text, text.isOneLine(atMost: 200), !text.hasPrefix("/") else {
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } ? nil : text
  }

  /// Lower-case letters, digits and `extra`, a letter or digit first, at most 100.
  private static func isWord(_ text: String, extra: String) -> Bool {
    guard text.utf8.count <= 100, let first = text.unicodeScalars.first else { return false }
    let isLetterOrDigit = { (letter: Unicode.Scalar) in
      ("a"..."z").contains(letter) || ("0"..."9").contains(letter)
    }
    return isLetterOrDigit(first)
      && text.unicodeScalars.allSatisfy {
        isLetterOrDigit($0) || extra.unicodeScalars.contains($0)
      }
  }
}
