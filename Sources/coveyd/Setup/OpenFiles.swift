import Foundation

/// How many files and connections the daemon may have open.
enum OpenFiles {
  /// What some thousand held requests need, each of them with a connection to a member.
  static let wanted = 8192

  /// Raises the limit as far as this user may; a lower one is no reason not to start. What the daemon starts inherits it.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let target = min(rlim_t(wanted), limit.rlim_max)
    guard limit.rlim_cur < target else { return }
    limit.rlim_cur = target
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
