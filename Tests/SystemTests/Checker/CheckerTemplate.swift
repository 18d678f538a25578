import Foundation

/// The template `checker`: tiny-web's files, those of the folder `Template`, the compiled checker and its blank file.
enum CheckerTemplate {
  /// Makes a folder for `covey template build`. The same sources and compiler give the same template.
  static func assemble(at folder: String) async throws {
    let files = FileManager.default
    let root = "\(folder)/root"
    try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try files.copyItem(atPath: "\(Binaries.tinyWeb)/root", toPath: root)
    try lay("\(own)/root", over: root)
    try files.copyItem(atPath: "\(own)/template.yaml", toPath: "\(folder)/template.yaml")
    try files.copyItem(atPath: "\(own)/checker.c", toPath: "\(folder)/checker.c")

    let inittab = "\(root)/etc/inittab"
    let lines = try String(contentsOfFile: inittab, encoding: .utf8) + "::respawn:/sbin/checker\n"
    try lines.write(toFile: inittab, atomically: false, encoding: .utf8)

    let records = "\(root)\(CheckerImage.records)"
    try files.createDirectory(
      atPath: URL(filePath: records).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try blank.write(to: URL(filePath: records))
    try await compile(in: folder, to: "\(root)/sbin/checker")
  }

  /// The file as it is before the first boot.
  static let blank = (0...CheckerBlock.slots).reduce(into: Data()) { file, slot in
    CheckerBlock.blank(slot).withUnsafeBytes { file.append(contentsOf: $0) }
  }

  private static let own = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "Template", directoryHint: .notDirectory).path

  private static func lay(_ folder: String, over target: String) throws {
    let files = FileManager.default
    for name in try files.subpathsOfDirectory(atPath: folder).sorted() {
      let (source, place) = ("\(folder)/\(name)", "\(target)/\(name)")
      var isFolder: ObjCBool = false
      guard files.fileExists(atPath: source, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        try files.createDirectory(atPath: place, withIntermediateDirectories: true)
      } else {
        if files.fileExists(atPath: place) { try files.removeItem(atPath: place) }
        try files.copyItem(atPath: source, toPath: place)
      }
    }
  }

  private static func compile(in folder: String, to program: String) async throws {
    let child = try Child(
      "/usr/bin/cc",
      [
        "-static", "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-o", program, "\(folder)/checker.c",
      ],
      log: "\(folder)/compiler.log")
    let status = await child.end()
    guard status == 0 else { throw Unexpected("checker.c does not compile: \(child.output)") }
  }
}
