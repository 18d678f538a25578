import CoveyWire
import Foundation
import Support
import Synchronization
import Testing

/// A coveyd of the test's own, on a state folder of its own. Whatever happens, nothing of it is left.
final class Daemon: Sendable {
  let state: String
  let network: String
  let client: CoveyClient
  private let child = Mutex<Child?>(nil)
  private static let count = Mutex(0)

  /// Runs a test with a daemon that answers and knows the template `tiny-web`.
  static func use(_ extra: [String] = [], _ test: (Daemon) async throws -> Void) async throws {
    let daemon = try fresh()
    try await daemon.whileItLives {
      try await daemon.start(extra)
      try await test(daemon)
    }
  }

  /// Like `use`, but the test starts it.
  static func unstarted(_ test: (Daemon) async throws -> Void) async throws {
    let daemon = try fresh()
    try await daemon.whileItLives { try await test(daemon) }
  }

  /// Runs a test with a daemon that was not started yet, on a copy of a state.
  static func unstarted(
    on seed: String, _ test: (Daemon) async throws -> Void
  ) async throws {
    let daemon = try fresh(on: seed)
    try await daemon.whileItLives { try await test(daemon) }
  }

  private static func fresh(on seed: String = BuiltTemplate.seed) throws -> Daemon {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let daemon = try Daemon(state: "/tmp/cvs-\(getpid())-\(number)")
    try daemon.copySeed(seed)
    return daemon
  }

  init(state: String) throws {
    self.state = state
    // One daemon runs at a time; other test processes have other numbers.
    network = "127.\(80 + getpid() / 64 % 40).\(getpid() % 64 * 4).0"
    client = CoveyClient(socket: "\(state)/coveyd.sock")
    try FileManager.default.createDirectory(
      atPath: state, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  /// An endpoint on the daemon's own block of addresses.
  var listen: String { network.dropLast() + "1:8080" }
  var log: String { "\(state)/coveyd.log" }
  var pid: Int32 { child.withLock { $0?.pid ?? 0 } }
  var isRunning: Bool { child.withLock { $0?.isRunning ?? false } }

  /// What of a state another daemon can begin with.
  static let parts = ["covey.sqlite", "templates", "libvirt", "warm"]

  private func copySeed(_ seed: String) throws {
    for part in Self.parts
    where FileManager.default.fileExists(atPath: "\(seed)/\(part)") {
      try FileManager.default.copyItem(atPath: "\(seed)/\(part)", toPath: "\(state)/\(part)")
    }
    try useKeptPackages()
  }

  /// The tests of CoveyHypervisor, whose process begins first, fetch most of them. A fresh host shows whether fetching works.
  func useKeptPackages() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: KeptFiles.packages, withIntermediateDirectories: true)
    try files.createSymbolicLink(
      atPath: "\(state)/cache", withDestinationPath: KeptFiles.packages)
  }

  /// The arguments every start has.
  var arguments: [String] {
    ["--state", state, "--socket", client.socket, "--network", network]
  }

  /// Starts the daemon and waits until it answers.
  ///
  /// - Parameter wrapper: words before the program's own path.
  func start(_ extra: [String] = [], in wrapper: [String] = []) async throws {
    let started = try launch(extra, in: wrapper)
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline, started.isRunning {
      let guests = try? await client.get(Routes.guests, as: ListView<GuestView>.self)
      if guests != nil { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Unexpected("coveyd does not answer: \(started.output)")
  }

  /// Starts the daemon and does not wait for it.
  @discardableResult func launch(_ extra: [String] = [], in wrapper: [String] = []) throws -> Child
  {
    let words = wrapper + [Binaries.coveyd] + arguments + extra
    let started = try Child(words[0], Array(words.dropFirst()), log: log)
    child.withLock { $0 = started }
    return started
  }

  /// SIGTERM, and the exit status.
  @discardableResult func stop() async throws -> Int32 { await end(SIGTERM) }

  @discardableResult func kill9() async throws -> Int32 { await end(SIGKILL) }

  private func end(_ signal: Int32) async -> Int32 {
    guard let running = child.withLock({ $0 }) else { return -1 }
    running.send(signal)
    return await running.end()
  }

  /// Runs the body; after it, in every case, ends all processes of this state folder and removes it.
  func whileItLives(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch {
      Issue.record("log of coveyd:\n\(tail(of: log))")
      try await clear()
      throw error
    }
    try await clear()
  }

  private func clear() async throws {
    if isRunning { try await kill9() }
    // The slash keeps the folders of other tests out, whose names may begin alike.
    try await Processes.end { Processes.running(with: "\(state)/") }
    for folder in [state, outside] where FileManager.default.fileExists(atPath: folder) {
      try FileManager.default.removeItem(atPath: folder)
    }
  }

  private var outside: String { "\(state)-outside" }

  /// A folder that is no part of the state, as users have them for disks, backups and exports; made when it is not there,
  /// and gone with the daemon.
  func folder(_ name: String) throws -> String {
    let path = "\(outside)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func tail(of file: String) -> String {
    let text = FileManager.default.contents(atPath: file).map {
      String(decoding: $0, as: UTF8.self)
    }
    return (text ?? "").split(separator: "\n").suffix(25).joined(separator: "\n")
  }
}
