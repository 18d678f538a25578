import CoveyWire
import Synchronization
import Testing

@testable import covey

struct TemplateDeleteTests {
  private func run(_ more: String...) async throws -> (Run, [[String: String]]) {
    let queries = Mutex<[[String: String]]>([])
    let run = try await StubDaemon.run(answer: { request in
      queries.withLock { $0.append(request.query) }
      return try .json(InfoView(Samples.template()))
    }) { await covey(["template", "delete", "tiny-web"] + more, socket: $0) }
    return (run, queries.withLock { $0 })
  }

  @Test func allVersionsGoWhereNoneIsNamed() async throws {
    let (run, queries) = try await run()
    #expect(run.out == "template tiny-web is deleted\n" && queries == [[:]])
  }

  @Test func oneVersionGoesByTheBeginningOfItsDigest() async throws {
    let (run, queries) = try await run("--version", "14E64FB56691")
    #expect(run.status == 0 && queries == [["version": "14e64fb56691"]])
    #expect(
      run.out.hasPrefix("version ") && run.out.hasSuffix(" of template tiny-web is deleted\n"))
  }

  @Test(arguments: ["", "d1&force=true", "newest"])
  func whatIsNoDigestIsNotSent(_ version: String) async throws {
    let (run, queries) = try await run("--version", version)
    #expect(run.status == 64 && queries.isEmpty)
  }
}
