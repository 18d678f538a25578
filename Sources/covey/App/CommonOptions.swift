import ArgumentParser

/// The options of every command.
struct CommonOptions: ParsableArguments, Sendable {
  @Option(help: "The daemon's Unix socket (environment: COVEY_SOCKET).")
  var socket: String?

  @Option(help: "How results and errors are written: table, json or yaml.")
  var format: Format = .table
}

/// The options of commands that wait for what they started.
struct WaitOptions: ParsableArguments, Sendable {
  @Flag(help: "Return at once, with the operation's identifier or the group as it is now.")
  var noWait = false

  @Option(help: "How long to wait, such as 90s or 5m; then exit 75. What was started goes on.")
  var timeout: Span = Span(.seconds(600))

  var deadline: ContinuousClock.Instant { ContinuousClock.now + timeout.duration }
}
