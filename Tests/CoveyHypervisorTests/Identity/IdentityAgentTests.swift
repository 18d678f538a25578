import Covey
import CoveyEngine
import Foundation
import Libvirt
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// The conversation with qemu-guest-agent, which a script plays.
@Suite(.timeLimit(.minutes(1))) struct IdentityAgentTests {
  let guest = GuestSamples.guest("web-1")
  let time = VirtualTime()
  let request = IdentityRequest.moment(
    seed: IdentityRequestTests.seed, at: IdentityRequestTests.now)

  enum Turn: Sendable {
    case says(String)
    case fails(LibvirtError.Code)
  }

  /// Plays the turns, the last of them for ever.
  final class Script: Sendable {
    private let turns: Mutex<[Turn]>
    private let commands = Mutex<[String]>([])
    var heard: [String] { commands.withLock { $0 } }

    init(_ turns: [Turn]) { self.turns = Mutex(turns) }

    func play(_ json: String) throws -> String {
      commands.withLock { $0.append(json) }
      switch turns.withLock({ $0.count > 1 ? $0.removeFirst() : $0[0] }) {
      case .says(let text): return text
      case .fails(let code):
        throw LibvirtError(code: code, message: "no agent", function: "virDomainQemuAgentCommand")
      }
    }
  }

  static let started = Turn.says(#"{"return":{"pid":7}}"#)
  static let running = Turn.says(#"{"return":{"exited":false}}"#)

  private func ended(_ output: String) -> Turn {
    let data = Data(output.replacing("TAG", with: request.tag).utf8).base64EncodedString()
    return .says(#"{"return":{"exited":true,"exitcode":0,"out-data":"\#(data)"}}"#)
  }

  private func ask(_ script: Script, within limit: Duration = .seconds(5)) async throws
    -> IdentityReply
  {
    try await IdentityAgent(guest: guest, time: time) { try script.play($0) }
      .ask(request, within: limit)
  }

  @Test func theProgramGetsTheRequestAndItsOutputIsTheReply() async throws {
    let script = Script([
      Self.started, Self.running, Self.running, ended("done seed\ndone time\nend TAG\n"),
    ])
    let reply = try await ask(script)
    #expect(reply.problem(for: request, to: guest) == nil)
    struct Run: Decodable {
      struct Arguments: Decodable {
        let path: String
        let input: Data
        let captures: Bool
        enum CodingKeys: String, CodingKey {
          case path
          case input = "input-data"
          case captures = "capture-output"
        }
      }
      let execute: String
      let arguments: Arguments
    }
    let run = try JSONDecoder().decode(Run.self, from: Data(script.heard[0].utf8))
    #expect(run.execute == "guest-exec")
    #expect(run.arguments.path == "/usr/lib/covey/identity")
    #expect(String(decoding: run.arguments.input, as: UTF8.self) == request.text)
    #expect(run.arguments.captures)
    #expect(script.heard[1] == #"{"execute": "guest-exec-status", "arguments": {"pid": 7}}"#)
  }

  @Test func anAgentThatIsNotThereYetIsAskedAgainWithALaterTime() async throws {
    let late = request.later(by: .milliseconds(4))
    let data = Data("done seed\ndone time\nend \(late.tag)\n".utf8).base64EncodedString()
    let script = Script([
      .fails(.agentUnresponsive), .fails(.agentUnresponsive), Self.started,
      .says(#"{"return":{"exited":true,"exitcode":0,"out-data":"\#(data)"}}"#),
    ])
    let reply = try await ask(script)
    #expect(reply.problem(for: late, to: guest) == nil)
    #expect(script.heard.count == 4)
    #expect(script.heard[2].contains(Data(late.text.utf8).base64EncodedString()))
  }

  @Test func anAgentThatNeverComesIsGivenUpInTime() async throws {
    let script = Script([.fails(.agentUnresponsive)])
    let problem = await #expect(throws: Problem.self) { try await ask(script) }
    #expect(problem?.code == .deadline)
    #expect(problem?.message.contains("no agent") == true)
  }

  @Test func aProgramThatDoesNotEndIsGivenUpInTime() async throws {
    let script = Script([Self.started, Self.running])
    let problem = await #expect(throws: Problem.self) { try await ask(script) }
    #expect(problem?.code == .deadline)
  }

  @Test func aProgramThatIsMissingIsSaidAtOnce() async throws {
    let script = Script([.fails(.internalError)])
    let problem = await #expect(throws: Problem.self) { try await ask(script) }
    #expect(problem?.code == .unavailable)
    #expect(problem?.hint.contains("covey template lint tiny-web") == true)
    #expect(script.heard.count == 1)
  }

  @Test(arguments: ["", "done seed\n", "Segmentation fault\n"])
  func outputThatIsNoReplyIsQuoted(_ output: String) async throws {
    let problem = await #expect(throws: Problem.self) {
      try await ask(Script([Self.started, ended(output)]))
    }
    #expect(problem?.code == .unavailable)
  }

  @Test(arguments: ["", "{}", #"{"return":{}}"#, "null"])
  func anAgentThatAnswersSomethingElseIsAProblem(_ text: String) async throws {
    let problem = await #expect(throws: Problem.self) { try await ask(Script([.says(text)])) }
    #expect(problem?.code == .unavailable)
  }
}
