import CoveyWire

/// How far something is.
struct ProgressUpdate: Sendable, Hashable {
  /// What is waited for, such as `launch of guest one`.
  var title: String
  /// What happens right now.
  var stage: String
  /// Such as `2/5`.
  var steps: String?
  /// Such as `12MiB of 1GiB at 100MiB/s, 10s left`.
  var amount: String?

  init(title: String, stage: String, steps: String? = nil, amount: String? = nil) {
    self.title = title
    self.stage = stage
    self.steps = steps
    self.amount = amount
  }

  init(_ operation: OperationView) {
    self.init(
      title: "\(operation.verb) of \(operation.subject)", stage: operation.stage,
      steps: OperationText.steps(operation), amount: operation.progress.map(OperationText.amount))
  }
}
