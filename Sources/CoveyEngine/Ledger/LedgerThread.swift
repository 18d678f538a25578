import Dispatch

/// A thread of the ledger's own, so that saving to disk never holds up the cooperative pool.
final class LedgerThread: SerialExecutor {
  private let queue = DispatchQueue(label: "covey.ledger")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
