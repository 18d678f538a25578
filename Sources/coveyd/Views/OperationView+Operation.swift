import Covey
import CoveyEngine
import CoveyWire

extension OperationView {
  init(_ operation: Operation, revision: Int, at now: Timestamp) {
    self.init(
      id: operation.id, verb: operation.verb, subject: "guest \(operation.guest)",
      status: operation.status.rawValue, stage: operation.stage, began: operation.began.text,
      elapsed: ((operation.ended ?? now) - operation.began).inSeconds, revision: revision)
    step = operation.status == .done ? operation.steps.count : operation.cursor
    steps = operation.steps.count
    ended = operation.ended?.text
    error = operation.problem.map(ErrorView.init)
    setback = operation.setback.map(ErrorView.init)
    snapshot = operation.snapshot?.name.text
    backup = operation.backup?.id
    result = operation.result.map(ResultView.init)
  }

  init(_ job: Workshop.Job, at now: Timestamp) {
    let status = job.isOver ? (job.problem == nil ? "done" : "failed") : "running"
    self.init(
      id: job.id, verb: job.verb, subject: job.subject, status: status, stage: job.stage,
      began: job.began.text, elapsed: ((job.ended ?? now) - job.began).inSeconds,
      revision: job.revision)
    ended = job.ended?.text
    error = job.problem.map(ErrorView.init)
    result = job.result.map(ResultView.init)
    progress = job.progress.map {
      ProgressView(done: $0.done.bytes, total: $0.total.bytes, rate: nil, left: nil)
    }
  }

  /// A request that changed nothing.
  init(unchanged reason: String, verb: String, subject: String, revision: Int, at now: Timestamp) {
    self.init(
      id: "", verb: verb, subject: subject, status: "done", stage: reason, began: now.text,
      elapsed: 0, revision: revision, unchanged: true)
  }
}

extension ResultView {
  init(_ result: OperationResult) {
    self.init(path: result.path, digest: result.digest, remark: result.remark)
  }
}

extension ProgressView {
  init(_ entry: ProgressBook.Entry) {
    self.init(
      done: entry.work.done.bytes, total: entry.work.total.bytes, rate: Int64(entry.rate),
      left: entry.left?.inSeconds)
  }
}

extension ErrorView {
  init(_ problem: Problem) {
    self.init(
      code: problem.code.rawValue, message: problem.message, subject: problem.subject,
      hint: problem.hint)
  }
}
