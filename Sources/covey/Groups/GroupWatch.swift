import ArgumentParser
import CoveyWire

/// `covey group watch`: a group as it lives.
struct GroupWatch: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch a group as it lives, until Ctrl-C.",
    discussion: """
      On a terminal a view that is redrawn each second; elsewhere one line per change.

      Example:
        covey group watch web --until-settled
      """)

  @Argument(help: "The group's name.") var name: String
  @Option(help: "End after this many events.") var forChanges: Int?
  @Flag(help: "End when nothing is under way and as many members serve as are desired.")
  var untilSettled = false
  @Option(help: "How long to watch at most; then exit 75.") var timeout: Span?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let forChanges, forChanges < 1 { throw ValidationError("--for-changes must be at least 1") }
    if common.format != .table {
      throw ValidationError("watch writes for people; programs use: covey group info --format json")
    }
  }

  func act(_ session: Session) async throws {
    _ = try ObjectPath.of(Routes.groups, name)
    let end = timeout.map { ContinuousClock.now + $0.duration }
    var watch = try await GroupFollower(name: name, session: session)
    var view = WatchView(isLive: session.screen.outIsTerminal, style: session.style)
    while true {
      let news = try await watch.look()
      let size = session.screen.size()
      session.screen.out(view.show(watch.frame, news: news, columns: size.columns, rows: size.rows))
      if let forChanges, watch.eventCount >= forChanges { return }
      if untilSettled, GroupWait.standing(of: watch.frame.group, towards: .settled) == .reached {
        return
      }
      if let end, ContinuousClock.now >= end { throw late(watch.frame) }
      try await watch.rest()
    }
  }

  private func late(_ frame: WatchFrame) -> ErrorView {
    ErrorView(
      code: "deadline", message: "the watch is over; \(frame.line)", subject: name,
      hint: "see: covey group explain \(name)")
  }
}
