import Foundation

/// Where the daemon's socket is: the flag, else the environment, else where coveyd puts it by default.
enum SocketPath {
  /// - Parameters:
  ///   - isRoot: whether the user is root, whose daemon keeps its files elsewhere.
  ///   - home: the user's home folder.
  static func resolve(flag: String?, environment: [String: String], isRoot: Bool, home: String)
    -> String
  {
    // An empty variable is one that somebody wanted to unset.
    let environment = environment.filter { !$0.value.isEmpty }
    if let path = flag ?? environment["COVEY_SOCKET"] { return path }
    let usual = isRoot ? "/var/lib" : environment["XDG_STATE_HOME"] ?? "\(home)/.local/state"
    return "\(environment["COVEY_STATE"] ?? "\(usual)/covey")/coveyd.sock"
  }

  static func resolve(flag: String?, environment: [String: String]) -> String {
    resolve(
      flag: flag, environment: environment, isRoot: geteuid() == 0, home: NSHomeDirectory())
  }
}
