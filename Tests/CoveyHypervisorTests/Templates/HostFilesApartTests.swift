import Dispatch
import Synchronization
import Testing

@testable import CoveyHypervisor

struct HostFilesApartTests {
  /// More of them than there are threads for tasks.
  @Test func callsThatHangLeaveTheThreadsOfAllTasksAlone() async throws {
    let (gate, count) = (DispatchSemaphore(value: 0), 100)
    try await withThrowingTaskGroup { group in
      for _ in 0..<count { group.addTask { try await HostFiles.apart { _ in gate.wait() } } }
      // Neither this nor what follows would come to be, if they hung there.
      try await Task.sleep(for: .milliseconds(50))
      for _ in 0..<count { gate.signal() }
      try await group.waitForAll()
    }
  }

  @Test func aBodyHearsThatItsTaskWasCancelled() async throws {
    let began = DispatchSemaphore(value: 0)
    let task = Task {
      try await HostFiles.apart { isCancelled in
        began.signal()
        while !isCancelled() {}
        return "heard"
      }
    }
    try await HostFiles.apart { _ in began.wait() }
    task.cancel()
    #expect(try await task.value == "heard")
  }
}
