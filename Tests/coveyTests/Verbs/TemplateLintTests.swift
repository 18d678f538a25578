import CoveyWire
import Foundation
import Testing

@testable import covey

struct TemplateLintTests {
  private static let note = LintView.FindingView(
    severity: "note", what: "forks share it", why: "it is in memory", mend: "live with it")
  private static let error = LintView.FindingView(
    severity: "error", what: "a key is shared", why: "it is secret", mend: "remove it")

  private func run(_ findings: [LintView.FindingView], _ more: String...) async throws -> Run {
    try await StubDaemon.run(answer: { request in
      guard request.path == "/v1/templates/tiny-web/lint" else {
        return try .error("not-found", "no route \(request.path)")
      }
      return try .json(LintView(template: "tiny-web", digest: "d1", findings: findings))
    }) { await covey(["template", "lint", "tiny-web"] + more, socket: $0) }
  }

  @Test func aFindingIsALineAndNotesAreNoFailure() async throws {
    let run = try await run([Self.note])
    #expect(run.status == 0)
    #expect(run.out == "note: forks share it: it is in memory; live with it\n")
    #expect(run.err == "")
  }

  @Test func errorsAreShownAndEndWithOne() async throws {
    let run = try await run([Self.error, Self.note])
    #expect(run.status == 1)
    #expect(run.out.hasPrefix("error: a key is shared: it is secret; remove it\nnote: "))
    #expect(run.err.contains("\"tiny-web\" has 1 error"))
  }

  @Test func aTemplateWithoutFindingsSaysSo() async throws {
    let run = try await run([])
    #expect(run.status == 0)
    #expect(run.out == "nothing is shared\n")
  }

  @Test func jsonHasTheFindingsAndItsErrorApart() async throws {
    let run = try await run([Self.error], "--format", "json")
    #expect(run.status == 1)
    let view = try JSONDecoder().decode(LintView.self, from: Data(run.out.utf8))
    #expect(view.schemaVersion == 1)
    #expect(view.findings == [Self.error])
    let refused = try JSONDecoder().decode(ErrorBody.self, from: Data(run.err.utf8))
    #expect(refused.error.subject == "template tiny-web")
  }
}
