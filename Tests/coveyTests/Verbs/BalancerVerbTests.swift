import CoveyWire
import Foundation
import Synchronization
import Testing

@testable import covey

struct BalancerVerbTests {
  private static let view = BalancerView(
    name: "front", address: "10.77.0.100/24", router: 7, state: "degraded", active: "lb-b",
    since: "2026-11-22T10:00:00.000Z",
    seats: [
      .init(
        namespace: "lb-a", interface: "eth0", address: "10.77.0.1", priority: 200, active: false,
        keepalived: true, serving: [], silent: ["web"],
        problem: ErrorView(
          code: "unavailable", message: "HAProxy of group web does not answer", subject: "",
          hint: "coveyd starts it again")),
      .init(
        namespace: "lb-b", interface: "eth0", address: "10.77.0.2", priority: 199, active: true,
        keepalived: true, serving: ["web"], silent: [], problem: nil),
    ], groups: ["web"],
    moves: [
      .init(at: "2026-11-22T10:00:00.000Z", to: "lb-b"),
      .init(at: "2026-11-22T09:00:00.000Z", to: nil),
    ], created: "2026-11-22T08:00:00.000Z")

  private func run(_ arguments: String...) async throws -> (Run, [BalancerBody], [[String: String]])
  {
    let bodies = Mutex<[BalancerBody]>([])
    let queries = Mutex<[[String: String]]>([])
    let run = try await StubDaemon.run { request in
      if request.method == "POST" {
        let body: BalancerBody = try request.decoded()
        bodies.withLock { $0.append(body) }
      }
      queries.withLock { $0.append(request.query) }
      return request.path == "/v1/balancers" && request.method == "GET"
        ? try .json(ListView(revision: 1, items: [Self.view])) : try .json(InfoView(Self.view))
    } _: { socket in
      await covey(arguments, socket: socket)
    }
    return (run, bodies.withLock { $0 }, queries.withLock { $0 })
  }

  @Test func aCreateSendsWhatWasWritten() async throws {
    let seats = ["lb-a:eth0:10.77.0.1", "lb-b:eth0:10.77.0.2"]
    let (run, bodies, _) = try await run(
      "balancer", "create", "front", "--address", "10.77.0.100/24", "--seat", seats[0], "--seat",
      seats[1], "--dry-run")
    #expect(run.status == 0 && run.out.hasPrefix("would make balancer front: 10.77.0.100/24"))
    let body = BalancerBody(name: "front", address: "10.77.0.100/24", seats: seats, dryRun: true)
    #expect(bodies == [body])
  }

  @Test func oneSeatIsWrongUsage() async throws {
    let (run, bodies, _) = try await run(
      "balancer", "create", "front", "--address", "10.77.0.100/24", "--seat", "a:b:10.0.0.1")
    #expect(run.status == 64 && bodies.isEmpty)
  }

  @Test func theInfoSaysWhichSeatIsActiveAndWhatIsWrong() async throws {
    let (run, _, _) = try await run("balancer", "info", "front")
    for words in [
      "state           degraded\n", "active          lb-b\n", "0 of 1 alive", "1 of 1 alive",
      "HAProxy of group web does not answer; coveyd starts it again",
      "2026-11-22T09:00:00.000Z  to no seat\n",
    ] {
      #expect(run.out.contains(words), "\(words)")
    }
  }

  @Test func theListHasALineForEach() async throws {
    let (run, _, _) = try await run("balancer", "list")
    #expect(run.out.contains("front  10.77.0.100/24  degraded  lb-b"))
  }

  @Test func aDeleteSaysWhatIsGone() async throws {
    let (dry, _, queries) = try await run("balancer", "delete", "front", "--dry-run")
    #expect(dry.out.hasPrefix("would end balancer front") && queries == [["dryRun": "true"]])
    let (run, _, _) = try await run("balancer", "delete", "front")
    #expect(run.out == "balancer front is gone, and 10.77.0.100/24 with it\n")
  }
}
