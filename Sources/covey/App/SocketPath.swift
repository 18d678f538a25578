import Foundation

/// Where the daemon's socket is: the flag, else the environment, else the default place.
enum SocketPath {
  /// - Parameters:
  ///   - isRoot: whether the user is root, whose daemon keeps its files elsewhere.
  ///   - exists: whether a path exists; a question so that tests need no files.
  static func resolve(
    flag: String?, environment: [String: String], isRoot: Bool, exists: (String) -> Bool
  ) -> String {
    if let flag { return flag }
    if let path = environment["COVEY_SOCKET"], !path.isEmpty { return path }
    if let state = environment["COVEY_STATE"], !state.isEmpty { return "\(state)/coveyd.sock" }
    if isRoot {
      let running = "/run/covey/coveyd.sock"
      return exists(running) ? running : "/var/lib/covey/coveyd.sock"
    }
    if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty {
      let running = "\(runtime)/covey/coveyd.sock"
      if exists(running) { return running }
    }
    return "\(environment["HOME"] ?? "")/.local/state/covey/coveyd.sock"
  }

  static func resolve(flag: String?, environment: [String: String]) -> String {
    resolve(
      flag: flag, environment: environment, isRoot: getuid() == 0,
      exists: { FileManager.default.fileExists(atPath: $0) })
  }
}
