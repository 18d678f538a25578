import CoveyWire
import Foundation
import Subprocess
import Synchronization
import Testing

@testable import covey

struct InterruptionTests {
  @Test func controlCEndsTheWaitSaysThatTheOperationGoesOnAndExits130() async throws {
    let program = try #require(Sibling.path(of: "covey"))
    let waiting = AsyncStream.makeStream(of: Void.self)
    let result = try await StubDaemon.run { request in
      if request.path == "/v1/operations/op1" {
        waiting.continuation.yield()
        try await Task.sleep(for: .seconds(3600))
      }
      if request.method == "GET" { return try .json(InfoView(Samples.guest())) }
      return try .json(Samples.operation(), status: 202)
    } _: { socket in
      try await Subprocess.run(
        .path(.init(program)), arguments: ["stop", "one", "--socket", socket],
        input: .none, output: .string(limit: 4096), error: .string(limit: 4096)
      ) { covey in
        for await _ in waiting.stream { break }
        try covey.send(signal: .interrupt)
      }
    }
    #expect(result.terminationStatus == .exited(130))
    #expect(
      result.standardError.hasSuffix(
        "covey: stop of guest one goes on in the daemon; see: covey operations info op1\n"))
  }

  @Test func workThatEndsBeforeASignalIsNotInterrupted() async throws {
    #expect(try await Interruption.race { 7 } == 7)
    await #expect(throws: ErrorView.self) {
      try await Interruption.race {
        throw ErrorView(code: "limit", message: "m", subject: "s", hint: "h")
      }
    }
  }
}
