import Foundation

/// Where the programs and folders are that the tests use.
enum Binaries {
  static let covey = path(of: "covey")
  static let coveyd = path(of: "coveyd")

  /// The template's folder in this clone of the repository.
  static let tinyWeb =
    repository.appending(path: "templates/tiny-web", directoryHint: .notDirectory).path

  private static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Executables lie beside the test bundle; COVEY_BINARIES names another folder.
  private static func path(of program: String) -> String {
    let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().path
    let arguments = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent().path }
    let told = ProcessInfo.processInfo.environment["COVEY_BINARIES"]
    let folders = told.map { [$0] } ?? [beside] + arguments
    return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
      ?? "\(folders[0])/\(program)"
  }
}
