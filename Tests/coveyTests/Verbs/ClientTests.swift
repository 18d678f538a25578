import CoveyWire
import Foundation
import Synchronization
import Testing

@testable import covey

struct ClientTests {
  @Test func noDaemonIsUnreachableWithStatus69AndAHint() async {
    let run = await covey("list", socket: "/tmp/covey-nobody-listens.sock")
    #expect(run.status == 69)
    #expect(
      run.err == """
        covey: no daemon answers on /tmp/covey-nobody-listens.sock: No such file or directory \
        (unreachable)
          hint: start it with: coveyd, or name its socket with --socket or COVEY_SOCKET

        """)
  }

  @Test func anAnswerThatIsNotUnderstoodIsAFault() async throws {
    let run = try await StubDaemon.run { _ in
      .init(status: 200, body: Data("no".utf8))
    } _: {
      await covey("list", socket: $0)
    }
    #expect(run.status == 1)
    #expect(run.err.contains("is not understood"))
  }

  @Test func aFailureWithoutABodyNamesItsStatus() async throws {
    let run = try await StubDaemon.run { _ in
      .init(status: 502, body: Data())
    } _: {
      await covey("list", socket: $0)
    }
    #expect(run.err.contains("answered /v1/guests with status 502 (internal)"))
  }

  @Test func anOperationIsFollowedByItsRevisions() async throws {
    let queries = Mutex<[String]>([])
    let stages = Mutex<[String]>([])
    let done = try await StubDaemon.run { request in
      let after = Int(request.query["after"] ?? "") ?? 0
      queries.withLock { $0.append("\(after) \(request.query["wait"] ?? "")") }
      let isLast = after == 2
      return try .json(
        Samples.operation(
          status: isLast ? "done" : "running", stage: "stage \(after)", revision: after + 1))
    } _: { socket in
      try await CoveyClient(socket: socket).finish(Samples.operation(), deadline: nil) { seen in
        stages.withLock { $0.append(seen.stage) }
      }
    }
    #expect(done.isOver)
    #expect(queries.withLock { $0 } == ["1 5", "2 5"])
    #expect(stages.withLock { $0 } == ["powering off", "stage 1", "stage 2"])
  }

  @Test func aFailedOperationThrowsItsOwnError() async throws {
    var failed = Samples.operation(status: "failed", stage: "failed")
    failed.error = ErrorView(code: "no-space", message: "/ is full", subject: "/", hint: "free")
    let error = try await StubDaemon.run { [failed] _ in
      try .json(failed)
    } _: { socket in
      await #expect(throws: ErrorView.self) {
        try await CoveyClient(socket: socket).finish(Samples.operation(), deadline: nil)
      }
    }
    #expect(error?.code == "no-space")
  }

  @Test func aDeadlineSaysTheStageAndHowToGoOn() async throws {
    let error = try await StubDaemon.run { _ in
      try .json(Samples.operation())
    } _: { socket in
      await #expect(throws: ErrorView.self) {
        try await CoveyClient(socket: socket).finish(Samples.operation(), deadline: .now)
      }
    }
    #expect(error?.code == "deadline")
    #expect(error?.message.contains("it is at: powering off") == true)
    #expect(error?.hint.contains("covey operations info op1") == true)
  }

  @Test func cancellationIsNotMistakenForAMissingDaemon() async throws {
    let asked = AsyncStream.makeStream(of: Void.self)
    let outcome = try await StubDaemon.run { _ in
      asked.continuation.yield()
      try await Task.sleep(for: .seconds(3600))
      return try .json(Samples.operation())
    } _: { socket in
      await withTaskGroup(of: Bool.self) { group in
        group.addTask {
          do {
            _ = try await CoveyClient(socket: socket).get("/v1/x", as: OperationView.self)
            return false
          } catch {
            return error is CancellationError
          }
        }
        for await _ in asked.stream { break }
        group.cancelAll()
        return await group.next()
      }
    }
    #expect(outcome == true)
  }

  @Test func theVersionIsToldWithoutADaemonToo() async {
    let run = await covey("version", "--format", "json")
    #expect(run.status == 0)
    #expect(run.out.contains("\"coveyd\" : null"))
  }
}
