import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct GroupRouteTests {
  private func settings(_ name: String?, listen: String = "127.0.0.1:8081") -> GroupSettingsBody {
    var body = GroupSettingsBody(name: name)
    (body.template, body.min, body.max, body.listen) = ("tiny-web", 2, 3, listen)
    (body.for, body.cooldown, body.memory, body.disk) = ("3s", "4s", "64MiB", "persistent")
    return body
  }

  @Test func aGroupIsCreatedWithItsBalancerAndShown() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.post, "/v1/groups", settings("api"))
      #expect(answer.status == 201)
      #expect(try answer.fields["schemaVersion"] as? Int == 1)
      let group = try answer.read(GroupView.self)
      #expect(group.name == "api")
      #expect((group.min, group.max, group.desired) == (2, 3, 2))
      #expect((group.for, group.cooldown) == ("3s", "4s"))
      #expect(group.memory == 64 << 20)
      #expect(group.members?.isEmpty == true)
      let again: GroupView = try await counter.get("/v1/groups/api")
      #expect(again.name == "api")
    }
    #expect(await office.world.balancers.keys.contains(Samples.name("api")))
  }

  @Test func aPortThatIsTakenRefusesTheGroupAndNothingIsLeft() async throws {
    let office = try await Office.furnished()
    await office.world.fail("open", with: Problem(.inUse, "taken", hint: "another"))
    try await office.open { counter in
      _ = try await counter.send(.post, "/v1/groups", settings("api")).refusal(409, "in-use")
      _ = try await counter.send(.get, "/v1/groups/api").refusal(404, "not-found")
    }
  }

  @Test func groupsAreListedWithTheFieldsOfTheContract() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/groups")
      let items = try #require(try answer.fields["items"] as? [[String: Any]])
      for name in [
        "name", "template", "min", "max", "size", "desired", "serving", "state", "listen",
      ] {
        #expect(items.first?[name] != nil, "\(name)")
      }
      let list = try answer.read(ListView<GroupView>.self)
      #expect(list.revision == 4)
      #expect(list.items.map(\.size) == [1])
      #expect(list.items.map(\.serving) == [1])
    }
  }

  @Test func anInfoShowsItsMembers() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let group: GroupView = try await counter.get("/v1/groups/web")
      #expect(group.members?.map(\.name) == ["web-1"])
      #expect(group.members?.map(\.address) == ["127.77.0.3"])
    }
  }

  @Test func onlyTheFieldsThatAreGivenChange() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let before: GroupView = try await counter.get("/v1/groups/web")
      var change = GroupSettingsBody()
      change.max = 9
      let answer = try await counter.send(.patch, "/v1/groups/web", change)
      #expect(answer.status == 200)
      var after = try answer.read(GroupView.self)
      #expect(after.max == 9)
      after.max = before.max
      #expect(after == before)
      // Once more changes nothing, and says so by the same answer.
      #expect(try await counter.send(.patch, "/v1/groups/web", change).status == 200)
      #expect(try await counter.send(.patch, "/v1/groups/web", raw: Data("{}".utf8)).status == 200)
    }
  }

  @Test func aMembersWeightIsChangedAndShownAndABadOneRefused() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let path = "/v1/groups/web/weight"
      for _ in 1...2 {
        let group = try await counter.send(.post, path, WeightBody(member: "web-1", weight: 30))
          .read(GroupView.self)
        #expect(group.members?.map(\.weight) == [30])
      }
      _ = try await counter.send(.post, path, WeightBody(member: "web-1", weight: 257))
        .refusal(400, "invalid")
      _ = try await counter.send(.post, path, WeightBody(member: "db", weight: 1))
        .refusal(404, "not-found")
      _ = try await counter.send(.post, path, WeightBody(member: "nobody", weight: 1))
        .refusal(404, "not-found")
    }
  }

  @Test func whatAMemberReportsIsShown() async throws {
    let office = try await Office.furnished()
    let name = Samples.name("web-1")
    try await office.open { counter in
      func shown(_ finding: ReportFinding) async throws -> MemberView? {
        await office.house.gauges.note([name: finding])
        return try await counter.send(.get, "/v1/groups/web").read(GroupView.self).members?.first
      }
      let said = try await shown(
        .said(
          MemberReport(
            standing: .drain, weight: 75, why: "backup", cost: 3,
            metrics: [Samples.name("load"): 0.5])))
      #expect(said?.report == "drain 75%" && said?.cost == 3 && said?.metrics == ["load": 0.5])
      #expect(said?.reason == "it asks for no new requests: backup")
      let wrong = try await shown(.nonsense("it is empty"))
      #expect(wrong?.report == "nonsense" && wrong?.reason == "its report is nonsense: it is empty")
    }
  }

  @Test func scalingPausingResumingAndDeletingAnswerWithTheGroup() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let scaled = try await counter.send(.post, "/v1/groups/web/scale", ScaleBody(size: 3))
      #expect(scaled.status == 200)
      #expect(try scaled.read(GroupView.self).desired == 3)
      for _ in 1...2 {
        let paused = try await counter.send(.post, "/v1/groups/web/pause")
        #expect(try paused.read(GroupView.self).state == "paused")
      }
      for _ in 1...2 {
        let resumed = try await counter.send(.post, "/v1/groups/web/resume")
        #expect(try resumed.read(GroupView.self).state == "growing")
      }
      for _ in 1...2 {
        let deleted = try await counter.send(.delete, "/v1/groups/web")
        #expect(deleted.status == 200)
        #expect(try deleted.read(GroupView.self).state == "deleting")
      }
      _ = try await counter.send(.post, "/v1/groups/web/pause").refusal(409, "conflict")
    }
  }

  @Test func aSizeOutsideTheBoundsIsOverTheLimit() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      for size in [0, -1, 5, Int.max] {
        _ = try await counter.send(.post, "/v1/groups/web/scale", ScaleBody(size: size))
          .refusal(409, "limit")
      }
    }
  }

  @Test(arguments: ["", "?limit=0", "?limit=-1", "?limit=x", "?limit=99999999999"])
  func roundsAreNewestFirstWithinTheBounds(_ query: String) async throws {
    let office = try await Office.furnished()
    let rounds = (1...3).map { number in
      ScalingRound(
        at: Timestamp(milliseconds: Int64(number) * 1000), cpu: [Samples.name("web-1"): 12.345],
        meanCPU: 12.345, serving: 1, size: 1, desired: 1, requestRate: nil,
        verdict: Verdict(.stay, .within, "between the thresholds"))
    }
    try office.store.save(rounds, of: Samples.name("web"))
    try await office.open { counter in
      let list: ListView<RoundView> = try await counter.get("/v1/groups/web/rounds\(query)")
      let least = ["?limit=0", "?limit=-1"].contains(query)
      #expect(list.items.count == (least ? 1 : 3))
      #expect(list.items.first?.at == "1970-01-01T00:00:03.000Z")
      #expect(list.items.first?.cpu == ["web-1": 12.3])
      #expect(list.items.first?.rule == "within")
      #expect(list.items.first?.move == "stay")
    }
  }

  @Test func roundsOfNobodyAreNotFound() async throws {
    try await Office.furnished().open { counter in
      _ = try await counter.send(.get, "/v1/groups/nobody/rounds").refusal(404, "not-found")
    }
  }

  @Test func aDocumentIsAppliedAfterAPlanThatChangesNothing() async throws {
    let office = try await Office.furnished()
    let yaml = """
      kind: group
      name: web
      max: 9
      ---
      kind: group
      name: api
      template: tiny-web
      listen: 127.0.0.1:8082
      """
    try await office.open { counter in
      for isPlan in [true, false] {
        let answer = try await counter.send(
          .post, "/v1/apply", ApplyBody(file: "web.yaml", yaml: yaml, dryRun: isPlan))
        #expect(answer.status == 200)
        let view = try answer.read(ApplyView.self)
        #expect(view.dryRun == isPlan)
        #expect(view.changes.map(\.subject) == ["group web", "group api"])
        #expect(view.changes.map(\.what) == ["changed", "created"])
        #expect(view.changes.first?.fields == ["max: 4 -> 9"])
        let groups: ListView<GroupView> = try await counter.get("/v1/groups")
        #expect(groups.items.map(\.name) == (isPlan ? ["web"] : ["api", "web"]))
      }
      let again = try await counter.send(
        .post, "/v1/apply", ApplyBody(file: "web.yaml", yaml: yaml, dryRun: false))
      #expect(try again.read(ApplyView.self).changes.map(\.what) == ["unchanged", "unchanged"])
    }
  }

  @Test func aDocumentWithAMistakeIsRefusedWithItsLineAndChangesNothing() async throws {
    let office = try await Office.furnished()
    let yaml = "kind: group\nname: web\nmax: 9\n---\nkind: group\nname: api\nmaxx: 4\n"
    try await office.open { counter in
      let error = try await counter.send(
        .post, "/v1/apply", ApplyBody(file: "web.yaml", yaml: yaml, dryRun: false)
      ).refusal(400, "invalid")
      #expect(error.message.contains("7"))
      let group: GroupView = try await counter.get("/v1/groups/web")
      #expect(group.max == 4)
    }
  }

  @Test func ofTwoDocumentsOneOfWhichCannotBeNoneIsApplied() async throws {
    let office = try await Office.furnished()
    let yaml = "kind: group\nname: web\nmax: 9\n---\nkind: group\nname: api\ntemplate: none\n"
    try await office.open { counter in
      let answer = try await counter.send(
        .post, "/v1/apply",
        ApplyBody(file: "f", yaml: yaml + "listen: 127.0.0.1:8082\n", dryRun: false))
      _ = try answer.refusal(404, "not-found")
      let group: GroupView = try await counter.get("/v1/groups/web")
      #expect(group.max == 4)
    }
  }

  @Test func aRequestThatIsSoAlreadySaysWhy() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let update = try await counter.send(.post, "/v1/groups/web/update")
      let words = "group web is at version d1 already"
      #expect(try update.read(GroupView.self).unchanged == words)
      let scaled = try await counter.send(.post, "/v1/groups/web/scale", ScaleBody(size: 2))
      #expect(try scaled.read(GroupView.self).unchanged == nil)
      let again = try await counter.send(.post, "/v1/groups/web/scale", ScaleBody(size: 2))
      #expect(try again.read(GroupView.self).unchanged == "desired size is 2 already")
    }
  }

  @Test func whatIsOddAboutAMembersHealthPathIsShown() async throws {
    let office = try await Office.furnished()
    await office.house.gauges.note(remarks: [Samples.name("web-1"): "it redirects to itself"])
    try await office.open { counter in
      let group = try await counter.send(.get, "/v1/groups/web").read(GroupView.self)
      #expect(group.members?.first?.reason == "it redirects to itself")
    }
  }
}
