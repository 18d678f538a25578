import Dispatch
import Synchronization

/// The buffers that go round between the threads of a copy: one reads into them; what it read is hashed, and written and then
/// compared, at the same time. A buffer is read into again once both are done with it.
final class CopyRing: Sendable {
  /// Bytes of one buffer. Writes of 4 MiB through the kernel's memory took four times as long (ext4, measured).
  static let piece = 1 << 20
  /// What reads and writes past the kernel's memory must be multiples of, in place, length and memory.
  static let alignment = 4096
  private static let depth = 16

  /// What is done with what was read.
  enum Stage { case hash, write, compare }

  /// Which bytes of the file a buffer is for.
  struct Part: Sendable {
    let range: Range<Int>
    /// Nothing is stored there: it reads as zeros, and the buffer's content means nothing.
    let isHole: Bool
  }

  /// Each part is used by the thread whose turn it is alone: the semaphores see to that.
  private struct Memory: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
  }

  private struct State {
    var parts = [Part?](repeating: nil, count: CopyRing.depth)
    /// How many were put.
    var count = 0
    var failure: (any Error)?
  }

  private let memory = Memory(
    bytes: .allocate(byteCount: CopyRing.depth * CopyRing.piece, alignment: CopyRing.alignment))
  private let state = Mutex(State())
  private let (toHash, toWrite, toCompare) = (
    DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
  )
  private let (hashed, compared) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

  init() {
    // A semaphore that began with a value must have it again when it goes.
    for _ in 0..<Self.depth {
      hashed.signal()
      compared.signal()
    }
  }

  deinit { memory.bytes.deallocate() }

  /// Why all threads are to end; the first reason counts.
  var failure: (any Error)? { state.withLock(\.failure) }

  func stop(_ why: any Error) {
    state.withLock { $0.failure = $0.failure ?? why }
    for semaphore in [toHash, toWrite, toCompare, hashed, compared] { semaphore.signal() }
  }

  /// Hands the next part on, or with nil says that there is none any more. To be called by one thread alone.
  ///
  /// - `fill`: gets the buffer, whose length is a multiple of the alignment.
  func put(_ part: Part?, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void = { _ in }) throws
  {
    hashed.wait()
    compared.wait()
    if let failure { throw failure }
    try fill(buffer(state.withLock(\.count)))
    state.withLock { state in
      state.parts[state.count % Self.depth] = part
      state.count += 1
    }
    toHash.signal()
    toWrite.signal()
  }

  /// Goes through all parts in order, each when its turn comes. To be called by one thread for each stage.
  func each(_ stage: Stage, _ body: (Part, UnsafeMutableRawBufferPointer) throws -> Void) throws {
    let (ready, done) =
      switch stage {
      case .hash: (toHash, hashed)
      case .write: (toWrite, toCompare)
      case .compare: (toCompare, compared)
      }
    for index in 0... {
      ready.wait()
      if let failure { throw failure }
      let part = state.withLock { $0.parts[index % Self.depth] }
      if let part { try body(part, buffer(index)) }
      done.signal()
      if part == nil { return }
    }
  }

  private func buffer(_ index: Int) -> UnsafeMutableRawBufferPointer {
    let start = index % Self.depth * Self.piece
    return UnsafeMutableRawBufferPointer(rebasing: memory.bytes[start..<start + Self.piece])
  }
}
