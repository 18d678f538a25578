import Glibc

@testable import CoveyHypervisor

/// Takes note at once of QEMU processes that have ended, in place of the host's first process: libvirt waits for that when it
/// ends one, and the first process of some small hosts takes seconds for it.
enum MachineReaper {
  /// `PR_SET_CHILD_SUBREAPER` of `prctl(2)`.
  private static let setSubreaper: CInt = 36

  private static let looksUntilForsaken = 50

  /// Runs until its task is cancelled.
  static func run() async {
    becomeReaper()
    var (last, looks) = (pid_t(0), 0)
    while !Task.isCancelled {
      var facts = siginfo_t()
      // What somebody in this process waits for is gone at the next look.
      if waitid(P_ALL, 0, &facts, WEXITED | WNOHANG | WNOWAIT) == 0,
        case let process = facts._sifields._sigchld.si_pid, process > 0,
        let name = try? HostFiles.text(of: "/proc/\(process)/comm", limit: 64),
        name.hasPrefix("qemu-system")
      {
        (last, looks) = (process, process == last ? looks + 1 : 0)
        if looks >= looksUntilForsaken { waitpid(process, nil, WNOHANG) }
      }
      try? await Task.sleep(for: .milliseconds(2))  // cancellation ends the loop
    }
  }

  /// Swift does not import functions with any number of arguments.
  private static func becomeReaper() {
    typealias Control = @convention(c) (CInt, CUnsignedLong, CLong, CLong, CLong) -> CInt
    guard let function = dlsym(nil, "prctl") else { return }
    _ = unsafeBitCast(function, to: Control.self)(setSubreaper, 1, 0, 0, 0)
  }
}
