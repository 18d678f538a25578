import ArgumentParser
import CoveyWire

/// `covey group update`: brings a group's members to another version of its template.
struct GroupUpdate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Bring the members to another version of the template.",
    discussion: """
      The first few are replaced and watched, then the others. A new member must answer its health check \
      before an old one goes. When new members fail to start or are found down, the old version comes \
      back by itself. Members that are of the version already stay.

      Example:
        covey group update web --canary 1 --bake 30s
        covey group update web --status
      """)

  @Argument(help: "The group's name.") var name: String
  @Option(help: "The version, by the beginning of its digest (the newest if not given).")
  var to: String?
  @Option(help: "How many members there may be over the desired size (1 if not given).")
  var surge: Int?
  @Option(help: "How many fewer than desired may serve (0 if not given).") var unavailable: Int?
  @Option(help: "How many are replaced and watched first (1 if not given).") var canary: Int?
  @Option(help: "How long new members are watched (30s if not given).") var bake: Span?
  @Flag(help: "Leave what went wrong as it is, to look at it.") var noRollback = false
  @Flag(help: "Only say what would be done.") var dryRun = false
  @Flag(help: "Hold the update that is under way.") var pause = false
  @Flag(help: "Let it go on.") var resume = false
  @Flag(help: "Bring the old version back.") var rollback = false
  @Flag(help: "Show how far it is.") var status = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let verbs = [pause, resume, rollback, status].filter(\.self).count
    guard verbs > 0 else { return }
    let isPlain =
      to == nil && surge == nil && unavailable == nil && canary == nil && bake == nil
      && !noRollback && !dryRun
    guard verbs == 1, isPlain else {
      throw ValidationError(
        "--pause, --resume, --rollback and --status stand alone: the update has its plan already")
    }
  }

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.groups, name)
    let client = session.client
    if status { return try show(try await client.get(path), session) }
    if pause { return try show(try await client.post("\(path)/update/pause"), session) }
    let group: InfoView<GroupView> =
      if resume {
        try await client.post("\(path)/update/resume")
      } else if rollback {
        try await client.post("\(path)/update/rollback")
      } else {
        try await client.post("\(path)/update", body)
      }
    if dryRun { return try session.show(group) { RolloutText.plan(group.item) } }
    if RolloutText.isNothingToDo(group.item) {
      return try session.show(group) { RolloutText.nothing(group.item) }
    }
    if waiting.noWait { return try show(group, session) }
    let wait = RolloutWait(name: name, isRollback: rollback)
    try show(InfoView(try await wait.run(session, by: deadline)), session)
  }

  private func show(_ group: InfoView<GroupView>, _ session: Session) throws {
    try session.show(group) { RolloutText.status(group.item) }
  }

  private var body: UpdateBody {
    var body = UpdateBody()
    body.to = to
    body.surge = surge
    body.unavailable = unavailable
    body.canary = canary
    body.bake = bake?.wire
    body.rollback = noRollback ? false : nil
    body.dryRun = dryRun ? true : nil
    return body
  }
}
