import Covey
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct RuntimeSocketTests {
  private func problem(
    _ manner: StandInAdminSocket.Manner?, _ command: RuntimeCommand = .showInfo
  ) async throws -> Problem {
    let path = StandInAdminSocket.freshPath()
    defer { unlink(path) }
    var standIn: StandInAdminSocket?
    if let manner { standIn = try await StandInAdminSocket(path: path, manner) }
    let socket = RuntimeSocket(path: path, subject: "balancer web", limit: .milliseconds(200))
    let problem = await #expect(throws: Problem.self) { try await socket.ask(command) }
    await standIn?.close()
    return try #require(problem)
  }

  @Test func aSocketThatIsNotThereIsUnavailable() async throws {
    #expect(try await problem(nil).code == .unavailable)
  }

  @Test func aMuteSocketIsGivenUpAfterTheLimit() async throws {
    let problem = try await problem(.mute)
    #expect(problem.code == .unavailable && problem.message.contains("within 200ms"))
  }

  @Test func aSocketThatClosesAtOnceIsUnavailable() async throws {
    let problem = try await problem(.closesAtOnce)
    #expect(problem.code == .unavailable && problem.message.contains("without answering"))
  }

  @Test(arguments: ["Name: HAProxy\nPid: 12\n", "Name: HAPr", "1\n# be_id be_name\n3 we"])
  func anAnswerCutShortIsUnavailable(text: String) async throws {
    let problem = try await problem(.answers(text))
    #expect(problem.code == .unavailable && problem.message.contains("half-way"))
  }

  @Test func aRefusalInOneLineIsHandedOn() async throws {
    let path = StandInAdminSocket.freshPath()
    defer { unlink(path) }
    let standIn = try await StandInAdminSocket(path: path, .answers("No such server.\n"))
    let socket = RuntimeSocket(path: path, subject: "", limit: .seconds(5))
    #expect(try await socket.ask(.showInfo) == "No such server.")
    await standIn.close()
  }

  @Test func commandsAreSpelledAsHAProxyReadsThem() throws {
    let place = ServerPlace(backend: try Name("web"), server: "web-1")
    let frontend = Frontend(
      group: place.backend, listen: try Endpoint("127.0.0.1:80"), slowStart: .milliseconds(1500))
    let member = BalancedMember(
      name: try Name("web-1"), endpoint: try Endpoint("127.77.0.2:80"),
      report: try Endpoint("127.77.0.2:9707"))
    #expect(
      RuntimeCommand.add(place, options: ServerOptions.of(member, in: frontend)).text
        == "add server web/web-1 127.77.0.2:80 check inter 1s fastinter 250ms downinter 500ms "
        + "fall 3 rise 1 weight 100 slowstart 1500ms agent-check agent-addr 127.77.0.2 "
        + "agent-port 9707 agent-inter 1s pool-max-conn 0")
    #expect(RuntimeCommand.set(.maint, place).text == "set server web/web-1 state maint")
    #expect(RuntimeCommand.delete(place).text == "del server web/web-1")
  }
}
