/// How a template's files are made: the `build` section of its `template.yaml`.
public struct TemplateRecipe: Hashable, Sendable {
  public static let sizeAllowed = ByteCount.mebibytes(16)...ByteCount.gibibytes(256)

  /// Debian package of the kernel; a meta-package stands for the image that it depends on.
  public let kernelPackage: String
  /// Kernel modules that the initramfs loads, in this order, each after what it depends on.
  public let modules: [String]
  /// Debian packages that are unpacked into the root file system. Their dependencies are not.
  public let packages: [String]
  /// Folder of files that are copied over the packages, relative to the template's folder.
  public let files: String
  /// Size of the root file system.
  public let size: ByteCount

  static let keys = ["kernel", "root"]

  init(_ fields: DocumentFields) throws(Refusal) {
    let kernel = try fields.required(
      "kernel", fields.fields("kernel", known: ["package", "modules"]))
    kernelPackage = try kernel.required(
      "package", kernel.value("package", "the name of a Debian package", Self.packageName))
    modules =
      try kernel.list("modules", of: "module names such as virtio_blk", Self.moduleName) ?? []
    let root = try fields.required(
      "root", fields.fields("root", known: ["packages", "files", "size"]))
    packages = try root.list("packages", of: "names of Debian packages", Self.packageName) ?? []
    files = try root.required(
      "files", root.value("files", "a folder inside the template's", Self.folder))
    size = try root.required("size", root.size("size"))
    guard Self.sizeAllowed.contains(size) else {
      throw root.wrong("size", "16MiB to 256GiB", found: size.description)
    }
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
