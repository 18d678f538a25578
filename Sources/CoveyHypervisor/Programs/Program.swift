import Covey
import Glibc
import Subprocess

/// A program of the host that covey runs, and the Debian package that has it.
///
/// Nothing passes a shell. A cancelled task ends the program and what it started.
struct Program: Sendable, Hashable {
  /// An absolute path, or a word that is looked up in `PATH` and in the folders of the system's own programs, which a
  /// normal user's `PATH` lacks.
  let name: String
  let package: String

  static let qemuImg = Program(name: "qemu-img", package: "qemu-utils")
  static let aptGet = Program(name: "apt-get", package: "apt")
  static let aptCache = Program(name: "apt-cache", package: "apt")
  static let dpkgDeb = Program(name: "dpkg-deb", package: "dpkg")
  static let depmod = Program(name: "depmod", package: "kmod")
  static let modprobe = Program(name: "modprobe", package: "kmod")
  static let cpio = Program(name: "cpio", package: "cpio")
  static let gzip = Program(name: "gzip", package: "gzip")
  static let mke2fs = Program(name: "mke2fs", package: "e2fsprogs")
  static let debugfs = Program(name: "debugfs", package: "e2fsprogs")
  static let aptConfig = Program(name: "apt-config", package: "apt")
  static let mmdebstrap = Program(name: "mmdebstrap", package: "mmdebstrap")
  static let tar = Program(name: "tar", package: "tar")
  static let cc = Program(name: "cc", package: "gcc libc6-dev")
  static let genisoimage = Program(name: "genisoimage", package: "genisoimage")
  static let fallocate = Program(name: "fallocate", package: "util-linux")
  static let prlimit = Program(name: "prlimit", package: "util-linux")
  static let setpriv = Program(name: "setpriv", package: "util-linux")

  /// What a program printed.
  struct Output: Sendable {
    let text: String
    let errors: String
  }

  private static let mostOutput = 8 << 20
  private static let systemFolders = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"

  /// Runs the program to its end.
  ///
  /// - `purpose`: what it is run for, as the beginning of a sentence: `cannot make the disk`.
  /// - `subject`: the object that a problem is about.
  /// - `folder`: its working directory.
  /// - `space`: where it writes, so that a full disk can be described.
  /// - `grace`: how long it may tidy up when it is ended early.
  /// - Throws: `Problem`: `.unavailable` when the program is missing, `.noSpace`, `.deadline`, `.cancelled`, or `failure` with
  ///   the program's last lines on standard error.
  @discardableResult
  func run(
    _ arguments: [String], to purpose: String, subject: String, in folder: String? = nil,
    environment: [String: String] = [:], input: String = "", space: String? = nil,
    within: Duration = .seconds(300), grace: Duration = .milliseconds(500),
    failure: Problem.Code = .internal, hint: String = ""
  ) async throws -> Output {
    let settings = environmentUpdates(environment)
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace)
    ]
    let configuration = Configuration(
      executable: executable, arguments: Arguments(arguments),
      environment: .inherit.updating(settings),
      workingDirectory: folder.map { .init($0) }, platformOptions: options)
    let result: (status: TerminationStatus, output: Output)
    do {
      result = try await Self.before(within) {
        let ended = try await Subprocess.run(
          configuration, input: .string(input), output: .string(limit: Self.mostOutput),
          error: .string(limit: Self.mostOutput))
        return (
          ended.terminationStatus,
          Output(text: ended.standardOutput, errors: ended.standardError)
        )
      }
    } catch {
      throw problem(error, purpose, subject, within)
    }
    guard result.status.isSuccess else {
      if Task.isCancelled { throw Self.cancelled(purpose, subject) }
      throw ended(result.status, result.output, purpose, subject, space, failure, hint)
    }
    return result.output
  }

  /// Found here, because `Subprocess` starts a process in each folder of `PATH` until one of them has the program.
  private var executable: Executable {
    guard !name.contains("/") else { return .path(.init(name)) }
    let folders = Self.folders.split(separator: ":").filter { $0.hasPrefix("/") }
    let found = folders.map { "\($0)/\(name)" }.first { path in
      var facts = stat()
      return stat(path, &facts) == 0 && HostFiles.kind(facts) == .file && access(path, X_OK) == 0
    }
    return found.map { .path(.init($0)) } ?? .name(name)
  }

  private static var folders: String {
    HostFiles.environment("PATH").map { "\($0):\(systemFolders)" } ?? systemFolders
  }

  private func environmentUpdates(_ given: [String: String]) -> [Environment.Key: String?] {
    // Messages are read by covey, so they must not depend on the user's language; nor may times on the zone.
    var updates: [Environment.Key: String?] = ["LC_ALL": "C", "TZ": "UTC"]
    updates["PATH"] = Self.folders
    for (key, value) in given { updates[Environment.Key(stringLiteral: key)] = value }
    return updates
  }

  /// Ends `work` by cancellation when it takes too long.
  private static func before<T: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw Overdue() }
      return value
    }
  }

  private struct Overdue: Error {}

  private static func cancelled(_ purpose: String, _ subject: String) -> Problem {
    Problem(
      .cancelled, subject: subject, "\(purpose): cancelled", hint: "ask again if it is still wanted"
    )
  }

  private func problem(
    _ error: any Error, _ purpose: String, _ subject: String, _ limit: Duration
  ) -> Problem {
    if error is Overdue {
      return Problem(
        .deadline, subject: subject, "\(purpose): \(name) did not end within \(limit.text)",
        hint: "look at the host's load and disks, then try again")
    }
    if error is CancellationError || Task.isCancelled { return Self.cancelled(purpose, subject) }
    guard let error = error as? SubprocessError else {
      return Problem(.internal, subject: subject, "\(purpose): \(name): \(error)")
    }
    return switch error.code {
    case .executableNotFound:
      Problem(
        .unavailable, subject: subject, "\(purpose): the program \(name) is missing",
        hint: "install it with: apt-get install \(package)")
    case .outputLimitExceeded:
      Problem(
        .internal, subject: subject,
        "\(purpose): \(name) printed more than \(ByteCount(bytes: Int64(Self.mostOutput)))")
    default: Problem(.internal, subject: subject, "\(purpose): \(name): \(error)")
    }
  }

  private func ended(
    _ status: TerminationStatus, _ output: Output, _ purpose: String, _ subject: String,
    _ space: String?, _ failure: Problem.Code, _ hint: String
  ) -> Problem {
    let words = output.errors + output.text
    if words.contains("No space left on device") || words.contains("Disk quota exceeded") {
      return DiskSpace.full(purpose, subject: subject, at: space ?? "/")
    }
    let last = output.errors.split(whereSeparator: \.isNewline).suffix(3)
      .map { $0.trimmingSpaces }.joined(separator: "; ")
    let reason = last.isEmpty ? "\(status)" : last
    return Problem(
      failure, subject: subject, "\(purpose): \(name): \(reason)",
      hint: hint.isEmpty ? "the program's words say why; mend that and try again" : hint)
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
