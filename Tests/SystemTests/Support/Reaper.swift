import Foundation

/// Takes note at once of guests' and probes' QEMU processes that have ended, in place of the host's first process: libvirt
/// waits for that, and the first process of some small hosts takes seconds for it. Every start of coveyd would take that long.
enum Reaper {
  /// `PR_SET_CHILD_SUBREAPER` of `prctl(2)`.
  private static let setSubreaper: CInt = 36

  /// Runs until its task is cancelled. Daemons that are killed meanwhile leave their machines to this process.
  static func run() async {
    becomeReaper()
    var (last, looks) = (pid_t(0), 0)
    while !Task.isCancelled {
      let (process, isOrphan) = ended()
      (last, looks) = (process, process == last ? looks + 1 : 0)
      if isOrphan || looks >= looksUntilForsaken { waitpid(process, nil, WNOHANG) }
      try? await Task.sleep(for: .milliseconds(5))  // cancellation ends the loop
    }
  }

  /// Some ten seconds: whoever waits for a process does so at once, and one that stayed would hide all that end after it.
  private static let looksUntilForsaken = 2000

  /// What daemons start and leave to this process. No test starts one itself, so that nobody else waits for them.
  private static let orphans: Set = ["haproxy", "tini", "libvirtd", "dnsmasq"]
  /// The last two are those that had not become their program yet: they bear the names of the threads that made them.
  private static let orphansByPrefix = ["qemu-system", "libvirt-", "rpc-"]

  /// The child that ended first, 0 for none, and whether it is one of those. What somebody waits for is gone at the next look.
  private static func ended() -> (process: pid_t, isOrphan: Bool) {
    var facts = siginfo_t()
    guard waitid(P_ALL, 0, &facts, WEXITED | WNOHANG | WNOWAIT) == 0 else { return (0, false) }
    let process = facts._sifields._sigchld.si_pid
    let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? ""
    let isOrphan =
      orphansByPrefix.contains(where: name.hasPrefix) || orphans.contains(String(name.dropLast()))
    return (process, isOrphan)
  }

  /// Swift does not import functions with any number of arguments.
  private static func becomeReaper() {
    typealias Control = @convention(c) (CInt, CUnsignedLong, CLong, CLong, CLong) -> CInt
    guard let function = dlsym(nil, "prctl") else { return }
    _ = unsafeBitCast(function, to: Control.self)(setSubreaper, 1, 0, 0, 0)
  }
}
