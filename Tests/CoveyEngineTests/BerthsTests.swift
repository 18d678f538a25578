import Testing

@testable import CoveyEngine

struct BerthsTests {
  @Test func asManyAsThereAreBerthsComeInAtOnce() async throws {
    let berths = Berths(2)
    try await berths.take()
    try await berths.take()
    let third = Task { try await berths.take() }
    await Task.yield()
    berths.give()
    try await third.value
  }

  @Test func aBerthThatIsGivenBackGoesToTheOneThatWaitedLongest() async throws {
    let berths = Berths(1)
    try await berths.take()
    let (order, note) = AsyncStream.makeStream(of: Int.self)
    var waiting: [Task<Void, any Error>] = []
    for number in 1...3 {
      waiting.append(
        Task {
          try await berths.take()
          note.yield(number)
          berths.give()
        })
      while berths.waiting < number { await Task.yield() }
    }
    berths.give()
    for task in waiting { try await task.value }
    note.finish()
    var seen: [Int] = []
    for await number in order { seen.append(number) }
    #expect(seen == [1, 2, 3])
  }

  @Test func whoIsCancelledWhileWaitingLeavesTheQueue() async throws {
    let berths = Berths(1)
    try await berths.take()
    let waiting = Task { try await berths.take() }
    while berths.waiting < 1 { await Task.yield() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(berths.waiting == 0)
    berths.give()
    try await berths.take()
  }

  @Test func whoIsCancelledBeforeWaitingNeverTakesABerth() async throws {
    let berths = Berths(1)
    try await berths.take()
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      try await berths.take()
    }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
    berths.give()
    try await berths.take()
  }
}
