import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct TemplateRouteTests {
  @Test func templatesAreListedNewestFirstWithWhatStandsOnThem() async throws {
    let office = try await Office.furnished()
    try await office.house.ledger.record([
      .templateSealed(Samples.template(digest: "d2", at: 2_000))
    ])
    try await office.open { counter in
      let list: ListView<TemplateView> = try await counter.get("/v1/templates")
      #expect(list.items.map(\.digest) == ["d2", "d1"])
      #expect(list.items.map(\.isNewest) == [true, false])
      #expect(list.items.map(\.guests) == [[], ["db", "web-1"]])
      #expect(list.items.map(\.groups) == [["web"], []])
      #expect(list.items.first?.created == "1970-01-01T00:00:02.000Z")
    }
  }

  @Test func aTemplateIsShownWithItsFilesAndHealthCheck() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/templates/tiny-web")
      #expect(try answer.fields["schemaVersion"] as? Int == 1)
      let template = try answer.read(TemplateView.self)
      #expect(template.files?.map(\.role) == ["disk"])
      #expect(template.health?.within == "1m")
      #expect(template.kernelArguments == "console=ttyS0")
    }
  }

  @Test func aLintSaysWhatForksWouldShareAndLooksIntoTheImageForIt() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let lint: LintView = try await counter.get("/v1/templates/tiny-web/lint")
      #expect(lint.template == "tiny-web")
      #expect(lint.digest == "d1")
      #expect(!lint.findings.isEmpty)
      #expect(lint.findings.allSatisfy { $0.severity == "note" })
      #expect(lint.findings.allSatisfy { !$0.what.isEmpty && !$0.why.isEmpty && !$0.mend.isEmpty })
      _ = try await counter.send(.get, "/v1/templates/nobody/lint").refusal(404, "not-found")
    }
    #expect(await office.world.calls == ["inspect tiny-web"])
  }

  @Test func aLintOfAnAlteredImageIsRefused() async throws {
    let office = try await Office.furnished()
    await office.world.fail("inspect", with: Problem(.altered, "altered", hint: "build it"))
    try await office.open { counter in
      _ = try await counter.send(.get, "/v1/templates/tiny-web/lint").refusal(409, "altered")
    }
  }

  @Test func aTemplateThatIsUsedStaysAndSaysByWhat() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let error = try await counter.send(.delete, "/v1/templates/tiny-web").refusal(409, "in-use")
      #expect(error.message.contains("db"))
    }
    #expect(await office.world.calls.isEmpty)
  }

  @Test func anUnusedTemplateIsDeletedWithItsFilesAndShownOnceMore() async throws {
    let office = try Office()
    try await office.house.ledger.record([.templateSealed(Samples.template())])
    try await office.open { counter in
      let answer = try await counter.send(.delete, "/v1/templates/tiny-web")
      #expect(answer.status == 200)
      #expect(try answer.read(TemplateView.self).name == "tiny-web")
      _ = try await counter.send(.delete, "/v1/templates/tiny-web").refusal(404, "not-found")
    }
    #expect(await office.world.calls == ["removeTemplate tiny-web"])
  }

  @Test func oneVersionIsDeletedAndShownOnceMore() async throws {
    let office = try await Office.furnished()
    // An older one: the group launches the newest.
    try await office.house.ledger.record([.templateSealed(Samples.template(digest: "d9", at: 0))])
    try await office.open { counter in
      let path = "/v1/templates/tiny-web?version="
      let error = try await counter.send(.delete, path + "d1").refusal(409, "in-use")
      #expect(error.message.contains("db"))
      _ = try await counter.send(.delete, path).refusal(404, "not-found")
      _ = try await counter.send(.delete, path + "dd").refusal(404, "not-found")
      let answer = try await counter.send(.delete, path + "d9")
      #expect(try answer.read(TemplateView.self).digest == "d9")
      let left: TemplateView = try await counter.get("/v1/templates/tiny-web")
      #expect(left.digest == "d1")
    }
  }

  @Test func aBuildIsAJobThatCanBeFollowedToItsEnd() async throws {
    let office = try Office(time: StillTime())
    let building = Part { await office.house.workshop.run() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await building.body() }
      try await office.open { counter in
        let answer = try await counter.send(
          .post, "/v1/templates", BuildTemplateBody(folder: "/srv/tiny-web"))
        #expect(answer.status == 202)
        var job = try answer.read(OperationView.self)
        #expect(job.verb == "build")
        #expect(job.subject == "folder /srv/tiny-web")
        while !job.isOver {
          job = try await counter.get("/v1/operations/\(job.id)?after=\(job.revision)&wait=30")
        }
        #expect(job.status == "done")
        #expect(job.subject == "template tiny-web")
        #expect(job.error == nil)
        let template: TemplateView = try await counter.get("/v1/templates/tiny-web")
        #expect(template.digest == "d1")
      }
      group.cancelAll()
    }
  }

  @Test func aBuildThatFailsSaysWhy() async throws {
    let office = try Office(time: StillTime())
    await office.world.fail("build", with: Problem(.noSpace, "no space", hint: "free some"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await office.house.workshop.run() }
      try await office.open { counter in
        var job = try await counter.send(
          .post, "/v1/templates", BuildTemplateBody(folder: "/srv/tiny-web")
        ).read(OperationView.self)
        while !job.isOver {
          job = try await counter.get("/v1/operations/\(job.id)?after=\(job.revision)&wait=30")
        }
        #expect(job.status == "failed")
        #expect(job.error?.code == "no-space")
        #expect(job.error?.hint == "free some")
      }
      group.cancelAll()
    }
  }

  @Test(arguments: ["tiny-web", "", "../tiny-web", "./x", "~/x"])
  func aFolderThatIsNoAbsolutePathIsRefused(_ folder: String) async throws {
    try await Office().open { counter in
      _ = try await counter.send(.post, "/v1/templates", BuildTemplateBody(folder: folder))
        .refusal(400, "invalid")
    }
  }
}
