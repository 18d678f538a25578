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
    router.post("v1/groups/:name/update/pause") { _, context in
      try await groups.ask(.pauseUpdate, of: context.name())
    }
    router.post("v1/groups/:name/update/resume") { _, context in
      try await groups.ask(.resumeUpdate, of: context.name())
    }
    router.post("v1/groups/:name/update/rollback") { _, context in
      try await groups.ask(.rollBack, of: context.name())
    }
    router.post("v1/groups/:name/retry") { _, context in
      try await groups.ask(.retry, of: context.name())
    }
  }
}
