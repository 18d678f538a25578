import Synchronization

/// Shows the progress of one wait while it lasts.
final class ProgressBoard: Sendable {
  private let printer: Mutex<ProgressPrinter>
  private let screen: Screen
  private let began: ContinuousClock.Instant

  private let isSilent: Bool

  init(on screen: Screen, deadline: ContinuousClock.Instant?, isSilent: Bool) {
    self.screen = screen
    self.isSilent = isSilent
    let began = ContinuousClock.now
    self.began = began
    let limit = deadline.map { began.duration(to: $0).seconds }
    printer = Mutex(ProgressPrinter(isLive: screen.errIsTerminal, limit: limit))
  }

  func show(_ update: ProgressUpdate) {
    guard !isSilent else { return }
    let (elapsed, columns) = (self.elapsed, screen.size().columns)
    screen.err(printer.withLock { $0.show(update, at: elapsed, columns: columns) })
  }

  /// Runs the work under a board: the line is redrawn while it lasts and gone when it ends, however it ends.
  ///
  /// Programs that read JSON or YAML and are no terminal find nothing but the result, or the error.
  static func run<Result: Sendable>(
    in session: Session, deadline: ContinuousClock.Instant?,
    _ work: @escaping @Sendable (ProgressBoard) async throws -> Result
  ) async throws -> Result {
    let screen = session.screen
    let isSilent = session.format != .table && !screen.errIsTerminal
    let board = ProgressBoard(on: screen, deadline: deadline, isSilent: isSilent)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await work(board) }
      if screen.errIsTerminal, !isSilent {
        group.addTask {
          while true {
            try await Task.sleep(for: .milliseconds(250))
            board.redraw()
          }
        }
      }
      defer {
        group.cancelAll()
        board.end()
      }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private var elapsed: Double { began.duration(to: .now).seconds }

  private func redraw() {
    let (elapsed, columns) = (self.elapsed, screen.size().columns)
    screen.err(printer.withLock { $0.redraw(at: elapsed, columns: columns) })
  }

  private func end() {
    guard !isSilent else { return }
    screen.err(printer.withLock { $0.end() })
  }
}
