import Foundation

/// Programs that belong to covey: beside its own executable, else in PATH.
enum Sibling {
  static func path(of program: String) -> String? {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = own.map { ($0 as NSString).deletingLastPathComponent }
    let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path(of: program, beside: folder, search: search) {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// The first that is there.
  static func path(
    of program: String, beside folder: String?, search: String, isThere: (String) -> Bool
  ) -> String? {
    let folders = [folder].compactMap { $0 } + search.split(separator: ":").map(String.init)
    return folders.map { "\($0)/\(program)" }.first(where: isThere)
  }
}
