import Covey
import CoveyEngine
import Foundation
import Libvirt

/// A conversation through qemu-guest-agent, which runs the identity program in the guest for each request.
struct IdentityAgent {
  /// Where a template's build puts the program.
  static let program = "/usr/lib/covey/identity"
  /// The agent's port in the guest.
  static let port = "org.qemu.guest_agent.0"

  /// Between two tries to reach an agent that is not there.
  private static let tryEvery: Duration = .milliseconds(2)
  /// Between two looks at the program. Each costs an emulated guest about 5 ms, which the program then lacks.
  private static let lookEvery: Duration = .milliseconds(20)
  /// The agent's longest silence, in whole seconds: less would take a busy guest for a dead one.
  private static let patience: Int32 = 2

  let guest: Guest
  let time: any TimeSource
  /// Sends one command to the guest's agent and returns its reply, both as JSON (`Domain.agent`).
  let command: @Sendable (String) async throws -> String

  init(domain: Domain, guest: Guest, time: any TimeSource) {
    self.init(guest: guest, time: time) { json in
      try await domain.agent(json, timeout: Self.patience)
    }
  }

  init(
    guest: Guest, time: any TimeSource,
    command: @escaping @Sendable (String) async throws -> String
  ) {
    self.guest = guest
    self.time = time
    self.command = command
  }

  /// Runs the program and waits for its end; asks again while the agent is not there, as right after a resume.
  func ask(_ request: IdentityRequest, within limit: Duration) async throws -> IdentityReply {
    let start = time.now()
    let deadline = start + limit
    var obstacle = "its agent is not there"
    while time.now() < deadline {
      let current = request.later(by: time.now() - start)
      do {
        let run = try await run(current)
        if let output = try await output(of: run, by: deadline) {
          return try read(output, of: current)
        }
        obstacle = "\(Self.program) does not end"
      } catch let error as LibvirtError {
        guard [.agentUnresponsive, .operationTimeout, .resourceBusy].contains(error.code) else {
          throw problem(error.message)
        }
        obstacle = error.message
        try await time.sleep(for: Self.tryEvery)
      }
    }
    throw Problem.silent(guest, after: limit, obstacle)
  }

  /// Starts the program, and returns the number of its process.
  private func run(_ request: IdentityRequest) async throws -> Int {
    let input = Data(request.text.utf8).base64EncodedString()
    let answer = try await reply(
      """
      {"execute": "guest-exec", "arguments": {"path": "\(Self.program)", "input-data": "\(input)", \
      "capture-output": true}}
      """, as: Started.self)
    return answer.pid
  }

  /// What the program printed; nil when it runs on after the deadline.
  private func output(of process: Int, by deadline: Timestamp) async throws -> Data? {
    let look = "{\"execute\": \"guest-exec-status\", \"arguments\": {\"pid\": \(process)}}"
    repeat {
      let status = try await reply(look, as: Status.self)
      if status.exited { return status.output ?? Data() }
      try await time.sleep(for: Self.lookEvery)
    } while time.now() < deadline
    return nil
  }

  private func read(_ output: Data, of request: IdentityRequest) throws -> IdentityReply {
    var reader = IdentityReplyReader(for: request)
    do throws(IdentityReplyReader.Malformed) {
      if let reply = try reader.take(output) { return reply }
    } catch {
      throw Problem.garbled(guest, error.line)
    }
    throw Problem.garbled(guest, String(decoding: output.prefix(80), as: UTF8.self))
  }

  private func reply<Answer: Decodable>(_ json: String, as type: Answer.Type) async throws -> Answer
  {
    let text = try await command(json)
    do {
      return try JSONDecoder().decode(Reply<Answer>.self, from: Data(text.utf8)).return
    } catch {
      throw problem("it answered \(text.prefix(80).debugDescription)")
    }
  }

  private func problem(_ why: String) -> Problem {
    Problem(
      .unavailable, subject: "guest \(guest.name)",
      "the agent of guest \"\(guest.name)\" did not run \(Self.program): \(why)",
      hint: "the guest must run, and its template have qemu-guest-agent and the program; see: "
        + "covey template lint \(guest.template)")
  }

  private struct Reply<Answer: Decodable>: Decodable { let `return`: Answer }
  private struct Started: Decodable { let pid: Int }
  private struct Status: Decodable {
    let exited: Bool
    /// Base64 in the JSON text, as `Data` is read by default.
    let output: Data?

    enum CodingKeys: String, CodingKey {
      case exited
      case output = "out-data"
    }
  }
}
