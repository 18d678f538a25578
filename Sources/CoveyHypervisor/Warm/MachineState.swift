import Covey
import CoveyEngine
import Foundation
import Libvirt

/// Saves and loads a machine's devices and processors through QEMU's monitor, without its memory.
///
/// QEMU's migration leaves shared memory out where both sides say `x-ignore-shared` (QEMU 4.1 on; on 7.2 it can be said
/// through the monitor alone). The stream goes through a file that is passed along: QEMU's sandbox forbids programs, and
/// an unprivileged QEMU could not open it by name.
struct MachineState {
  let domain: Domain
  /// What problems are about, such as `guest web-1`.
  let subject: String
  let time: any TimeSource

  private static let file = "covey-state"
  /// Each look holds up the thread of QEMU that loads: it reads what it is asked byte by byte (7.2).
  static let lookEvery: Duration = .milliseconds(3)
  /// The stream is under a megabyte; what takes so long hangs.
  static let deadline: Duration = .seconds(30)

  /// The machine must be held; it cannot be saved again or run on afterwards.
  func save(to path: String) async throws {
    try await leaveMemoryOut()
    try await passing(path, O_WRONLY) {
      try await command("migrate", ["uri": "fd:\(Self.file)"])
      try await awaitCompletion("saving")
    }
  }

  /// The machine must have been started to wait for a stream; it is held afterwards.
  func load(from path: String) async throws {
    try await leaveMemoryOut()
    try await passing(path, O_RDONLY) {
      try await command("migrate-incoming", ["uri": "fd:\(Self.file)"])
      try await awaitCompletion("loading")
    }
  }

  /// Has whoever saves the machine next save its memory too, which one that was forked would leave out.
  func takeMemoryAlong() async throws { try await setMemoryOut(false) }

  private func leaveMemoryOut() async throws { try await setMemoryOut(true) }

  private func setMemoryOut(_ isOut: Bool) async throws {
    let capability: [String: Any] = ["capability": "x-ignore-shared", "state": isOut]
    try await command("migrate-set-capabilities", ["capabilities": [capability]])
  }

  /// Gives QEMU the open file, and keeps it open for as long as the body reads or writes it.
  private func passing(_ path: String, _ mode: Int32, _ body: () async throws -> Void) async throws
  {
    let descriptor = open(path, mode | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot open", path) }
    defer { close(descriptor) }
    try await command("getfd", ["fdname": Self.file], passing: [descriptor])
    try await body()
  }

  private func awaitCompletion(_ what: String) async throws {
    let deadline = time.now() + Self.deadline
    while time.now() < deadline {
      try await time.sleep(for: Self.lookEvery)
      let answer = try await command("query-migrate")
      switch answer["status"] as? String {
      case "completed": return
      case "failed", "cancelled":
        let why = answer["error-desc"] as? String ?? "QEMU does not say why"
        throw problem(.unavailable, "\(what) its state failed: \(why)")
      default: continue
      }
    }
    throw problem(.deadline, "\(what) its state took longer than \(Self.deadline.text)")
  }

  @discardableResult
  private func command(
    _ name: String, _ arguments: [String: Any] = [:], passing files: [Int32] = []
  ) async throws -> [String: Any] {
    var request: [String: Any] = ["execute": name]
    if !arguments.isEmpty { request["arguments"] = arguments }
    let text = String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
    let answer: String
    do throws(LibvirtError) {
      answer =
        files.isEmpty
        ? try await domain.monitor(text) : try await domain.monitor(text, passing: files)
    } catch {
      throw problem(.unavailable, "its machine did not take \(name): \(error.message)")
    }
    let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
    if let refusal = object?["error"] as? [String: Any] {
      throw problem(
        .unavailable, "its machine refused \(name): \(refusal["desc"] as? String ?? answer)")
    }
    return object?["return"] as? [String: Any] ?? [:]
  }

  private func problem(_ code: Problem.Code, _ what: String) -> Problem {
    Problem(
      code, subject: subject, "\(subject): \(what)",
      hint: "see QEMU's own words in the log folder of libvirt")
  }
}
