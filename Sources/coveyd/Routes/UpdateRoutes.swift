import Covey
import CoveyEngine
import CoveyWire
import Hummingbird

/// Routes that bring a group to another version of its template, and that try again what is held back.
struct UpdateRoutes: Sendable {
  let groups: GroupRoutes

  func add(to router: Router<BasicRequestContext>) {
    router.post("v1/groups/:name/update") { request, context in
      let body = try await Answers.read(UpdateBody.self, from: request, orIfEmpty: UpdateBody())
      let update = GroupRequest.update(to: body.to, try RolloutPlan(body))
      let name = try context.name()
      guard body.dryRun == true else { return try await groups.ask(update, of: name) }
      let after = try await groups.house.ledger.preview(update, on: name)
      return try await groups.info(name, in: after)
    }
    let verbs: [(String, GroupRequest)] = [
      ("update/pause", .pauseUpdate), ("update/resume", .resumeUpdate),
      ("update/rollback", .rollBack), ("retry", .retry),
    ]
    for (path, request) in verbs {
      router.post(RouterPath("v1/groups/:name/\(path)")) { _, context in
        try await groups.ask(request, of: context.name())
      }
    }
  }
}
