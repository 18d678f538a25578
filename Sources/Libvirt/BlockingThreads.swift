import Dispatch
import Foundation
import Synchronization

/// A lane: a few threads of their own that make blocking calls, first come, first served.
///
/// Calls to libvirt may block for seconds, so they never run on Swift's cooperative pool. The
/// queue is bounded: beyond `capacity` waiting calls, `run` refuses with `.overloaded`. Threads
/// start with the first call and end with the lane; `deinit` does not wait for them.
final class BlockingThreads: Sendable {
  private let queue: WorkQueue
  private let name: String
  private let width: Int
  private let started = Mutex(false)

  /// - Parameters:
  ///   - name: thread name, at most 15 bytes are shown by the system.
  ///   - width: number of threads, at least 1.
  ///   - capacity: calls that may wait, not counting those that run.
  init(name: String, width: Int, capacity: Int = 1024) {
    self.name = name
    self.width = max(1, width)
    queue = WorkQueue(capacity: capacity)
  }

  deinit { queue.stop(threads: width) }

  /// Makes a blocking call on one of the threads and hands its result back.
  ///
  /// A call that has begun always runs to its end and its real outcome is returned, whatever
  /// happens to the task: nobody is left guessing whether it took effect. A call that still
  /// waits is withdrawn with `.cancelled` when the task is cancelled, unless `withdrawable` is
  /// false, as it is for calls that clean up.
  ///
  /// - Throws: the body's error; `.cancelled`, `.overloaded` and `.connectionClosed` (the lane
  ///   has stopped) mean that the body never ran.
  func run<Value: Sendable>(
    withdrawable: Bool = true, _ body: @escaping @Sendable () throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    startThreads()
    let ticket = Ticket<Value>(body)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ticket.attach(continuation)
        if let refusal = queue.add(ticket.perform) {
          ticket.withdraw(refusal, "the call was refused before it began")
        } else if withdrawable && Task.isCancelled {
          // The handler below may have run before there was anything to withdraw.
          ticket.withdraw(.cancelled, "the task was cancelled before the call began")
        }
      }
    } onCancel: {
      guard withdrawable else { return }
      ticket.withdraw(.cancelled, "the task was cancelled before the call began")
    }
    return try result.get()
  }

  /// Queues work that nobody waits for. It is dropped when the lane is full or has stopped.
  func submit(_ work: @escaping @Sendable () -> Void) {
    startThreads()
    _ = queue.add(work)
  }

  /// Starts a thread of its own for one piece of work that must not wait behind a lane.
  static func detach(name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      // Foundation's `name` is lost when the thread runs before its starter knows it. One without a name works too.
      try? Data(name.utf8.prefix(15)).write(to: URL(filePath: "/proc/thread-self/comm"))
      body()
    }
    thread.start()
  }

  private func startThreads() {
    let first = started.withLock { started in
      defer { started = true }
      return !started
    }
    guard first else { return }
    for number in 1...width {
      // The threads hold the queue, not the lane, so that the lane's deinit can end them.
      Self.detach(name: "\(name)-\(number)") { [queue] in queue.work() }
    }
  }
}

/// What waits for a lane's threads.
private final class WorkQueue: Sendable {
  typealias Work = @Sendable () -> Void

  private struct State {
    var waiting: [Work] = []
    var head = 0
    var stopped = false
  }

  private let state = Mutex(State())
  private let available = DispatchSemaphore(value: 0)
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// Nil when the work was taken, else why it was not.
  func add(_ work: @escaping Work) -> LibvirtError.Code? {
    let refusal: LibvirtError.Code? = state.withLock { state in
      if state.stopped { return .connectionClosed }
      guard state.waiting.count - state.head < capacity else { return .overloaded }
      state.waiting.append(work)
      return nil
    }
    if refusal == nil { available.signal() }
    return refusal
  }

  func stop(threads: Int) {
    state.withLock { $0.stopped = true }
    for _ in 0..<threads { available.signal() }
  }

  /// A thread's whole life: work until stopped and nothing waits any more.
  func work() {
    while true {
      available.wait()
      guard let work = next() else { return }
      work()
    }
  }

  private func next() -> Work? {
    state.withLock { state in
      guard state.head < state.waiting.count else { return nil }
      let work = state.waiting[state.head]
      state.head += 1
      if state.head == state.waiting.count || state.head > 256 {
        state.waiting.removeFirst(state.head)
        state.head = 0
      }
      return work
    }
  }
}
