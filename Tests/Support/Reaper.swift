import Foundation

/// Takes note of processes that have ended, in place of the host's first process: libvirt waits for that when it ends a
/// machine, and the first process of some small hosts takes seconds for it.
public struct Reaper: Sendable {
  /// `PR_SET_CHILD_SUBREAPER` of `prctl(2)`.
  private static let setSubreaper: CInt = 36

  /// For others than orphans: whoever waits for a process does so long before, and one that stayed would hide those behind it.
  private static let longest: Duration = .seconds(10)

  /// How the names begin of processes that are left to this one.
  let orphans: [String]
  /// In how many looks they are left to whom started them, who may wait for them after all. Looks, and not time: a process
  /// that stands still for a moment lets nobody wait.
  let looks: Int
  let interval: Duration

  public init(orphans: [String], looks: Int, interval: Duration) {
    (self.orphans, self.looks, self.interval) = (orphans, looks, interval)
  }

  /// Runs until its task is cancelled. What loses its parent meanwhile is left to this process.
  public func run() async {
    Self.becomeReaper()
    var (last, seen) = (pid_t(0), 0)
    while !Task.isCancelled {
      let process = Self.ended()
      (last, seen) = (process, process == last ? seen + 1 : 0)
      if process > 0, seen >= limit(of: process) { waitpid(process, nil, WNOHANG) }
      try? await Task.sleep(for: interval)  // cancellation ends the loop
    }
  }

  private func limit(of process: pid_t) -> Int {
    let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? ""
    guard orphans.contains(where: name.hasPrefix) else { return Int(Self.longest / interval) }
    // Where anything is left to others, they wait for those of this process's own session: libvirt does, for a QEMU that only
    // tells what it can.
    let isOrphan = looks == 0 || getsid(process) != getsid(0)
    return isOrphan ? looks : Int(Self.longest / interval)
  }

  /// A child that has ended; 0 for none. One that somebody waits for is gone at the next look.
  private static func ended() -> pid_t {
    var facts = siginfo_t()
    guard waitid(P_ALL, 0, &facts, WEXITED | WNOHANG | WNOWAIT) == 0 else { return 0 }
    return facts._sifields._sigchld.si_pid
  }

  /// Swift does not import functions with any number of arguments.
  private static func becomeReaper() {
    typealias Control = @convention(c) (CInt, CUnsignedLong, CLong, CLong, CLong) -> CInt
    guard let function = dlsym(nil, "prctl") else { return }
    _ = unsafeBitCast(function, to: Control.self)(setSubreaper, 1, 0, 0, 0)
  }
}
