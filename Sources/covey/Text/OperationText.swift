import CoveyWire

/// Operations as facts and as one-line outcomes.
enum OperationText {
  static func list(_ operations: [OperationView], _ style: Style) -> String {
    guard !operations.isEmpty else { return "nothing is under way, and nothing lately was\n" }
    var table = Table("ID", "VERB", "SUBJECT", "STATUS", "STAGE", ">ELAPSED", "BEGAN")
    for operation in operations {
      table.add(
        .init(operation.id), .init(operation.verb), .init(operation.subject),
        .init(operation.status), .init(operation.error?.message ?? operation.stage),
        .init(Units.span(operation.elapsed)), .init(Moment.full(operation.began)))
    }
    return table.text(style)
  }

  static func info(_ operation: OperationView, _ style: Style) -> String {
    var facts = Facts()
    facts.add("id", operation.id)
    facts.add("verb", operation.verb)
    facts.add("subject", operation.subject)
    facts.add("status", operation.status)
    facts.add("stage", operation.stage)
    facts.add("step", steps(operation))
    facts.add("progress", operation.progress.map(amount))
    facts.add("began", Moment.full(operation.began))
    facts.add("ended", operation.ended.map(Moment.full))
    facts.add("elapsed", Units.span(operation.elapsed))
    facts.add("made", operation.result?.path)
    facts.add("digest", operation.result?.digest)
    facts.add("remark", operation.result?.remark)
    facts.add("setback", operation.setback?.message)
    if let error = operation.error {
      facts.add("error", "\(error.message) (\(error.code))")
      facts.add("hint", error.hint)
    }
    return facts.text(style)
  }

  /// `stop of guest one: done in 1.2s`, or why nothing had to be done.
  static func outcome(_ operation: OperationView) -> String {
    let what = "\(operation.verb) of \(operation.subject)"
    if operation.unchanged { return "\(what): nothing to do, \(operation.stage)\n" }
    return "\(what): \(operation.status) in \(Units.span(operation.elapsed))\n"
  }

  /// `12MiB of 1GiB at 100MiB/s, 10s left`.
  static func amount(_ progress: ProgressView) -> String {
    "\(Units.bytes(progress.done)) of \(Units.bytes(progress.total))"
      + (progress.rate.map { " at \(Units.bytes($0))/s" } ?? "")
      + (progress.left.map { ", \(Units.span($0)) left" } ?? "")
  }

  /// `2/5`; nil where the steps are not known.
  static func steps(_ operation: OperationView) -> String? {
    guard let step = operation.step, let steps = operation.steps else { return nil }
    return "\(step)/\(steps)"
  }
}
