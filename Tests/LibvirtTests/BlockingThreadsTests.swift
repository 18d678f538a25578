import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Libvirt

@Suite struct BlockingThreadsTests {
  /// Keeps a lane of one thread busy until told to go on.
  final class Plug: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let begun = DispatchSemaphore(value: 0)

    func put(into lane: BlockingThreads) {
      lane.submit { [self] in
        begun.signal()
        gate.wait()
      }
      begun.wait()
    }

    func pull() { gate.signal() }
  }

  @Test func aResultAndATypedErrorComeBack() async throws {
    let lane = BlockingThreads(name: "t", width: 2)
    #expect(try await lane.run { 7 } == 7)
    let error = await #expect(throws: LibvirtError.self) {
      try await lane.run { () throws(LibvirtError) in
        throw LibvirtError(code: .resourceBusy, message: "m", function: "f")
      }
    }
    #expect(error?.code == .resourceBusy)
  }

  @Test func workRunsOnTheLanesOwnNamedThreads() async throws {
    let lane = BlockingThreads(name: "own", width: 1)
    let name = try await lane.run {
      try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    }
    #expect(name == "own-1\n")
  }

  @Test func oneThreadWorksInOrder() async throws {
    let lane = BlockingThreads(name: "t", width: 1)
    let plug = Plug()
    plug.put(into: lane)
    let done = DispatchSemaphore(value: 0)
    let seen = OrderBox()
    for number in 0..<600 { lane.submit { seen.add(number) } }
    lane.submit { done.signal() }
    plug.pull()
    try await BlockingThreads(name: "w", width: 1).run { done.wait() }
    #expect(seen.all == Array(0..<600))
  }

  @Test func aFullQueueRefuses() async throws {
    let lane = BlockingThreads(name: "t", width: 1, capacity: 1)
    let plug = Plug()
    plug.put(into: lane)
    lane.submit {}
    let error = await #expect(throws: LibvirtError.self) { try await lane.run { 1 } }
    #expect(error?.code == .overloaded)
    plug.pull()
  }

  @Test func waitingWorkIsWithdrawnByCancellation() async throws {
    let lane = BlockingThreads(name: "t", width: 1)
    let plug = Plug()
    plug.put(into: lane)
    let seen = OrderBox()
    let task = Task { try await lane.run { seen.add(1) } }
    task.cancel()
    let error = await #expect(throws: LibvirtError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    plug.pull()
    try await lane.run { seen.add(2) }
    #expect(seen.all == [2])
  }

  @Test func workThatHasBegunKeepsItsOutcome() async throws {
    let lane = BlockingThreads(name: "t", width: 1)
    let begun = DispatchSemaphore(value: 0)
    let gate = DispatchSemaphore(value: 0)
    let task = Task {
      try await lane.run { () -> Int in
        begun.signal()
        gate.wait()
        return 5
      }
    }
    try await BlockingThreads(name: "w", width: 1).run { begun.wait() }
    task.cancel()
    gate.signal()
    #expect(try await task.value == 5)
  }

  @Test func workThatCleansUpIgnoresCancellation() async throws {
    let lane = BlockingThreads(name: "t", width: 1)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await lane.run(withdrawable: false) { 3 }
    }
    #expect(try await task.value == 3)
  }

  @Test func acceptedWorkIsDoneBeforeTheThreadsEnd() async throws {
    let done = DispatchSemaphore(value: 0)
    do {
      let lane = BlockingThreads(name: "t", width: 1)
      for _ in 0..<10 { lane.submit { done.signal() } }
    }
    let count = try await BlockingThreads(name: "w", width: 1).run {
      (0..<10).count { _ in done.wait(timeout: .now() + 10) == .success }
    }
    #expect(count == 10)
  }
}

/// Collects numbers from any thread.
final class OrderBox: Sendable {
  private let numbers = Mutex<[Int]>([])
  var all: [Int] { numbers.withLock { $0 } }
  func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}
