/// The events of a connection's domains, as an asynchronous sequence.
///
/// Keep it as long as events matter: when the last copy and the last iterator go away, the
/// callbacks are taken back in the background. Several iterators share one stream: each event
/// goes to one of them. Iteration ends at the end of the stream or when the reading task is
/// cancelled; the two differ in that only the first is announced by `.disconnected`.
public struct DomainEvents: AsyncSequence, Sendable {
  public typealias Element = DomainEvent
  public typealias Failure = Never

  let connection: Connection
  let subscription: Subscription

  public func makeAsyncIterator() -> Iterator {
    Iterator(connection: connection, subscription: subscription)
  }

  /// Reads the events in the order in which libvirt delivered them.
  public struct Iterator: AsyncIteratorProtocol {
    let connection: Connection
    let subscription: Subscription

    /// Waits for the next event; nil at the end or when the task is cancelled.
    public mutating func next() async -> DomainEvent? {
      await subscription.buffer.next()?(connection)
    }

    /// As `next()`; the buffer belongs to no actor.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> DomainEvent? {
      await subscription.buffer.next()?(connection)
    }
  }
}

/// Takes the callbacks of one stream back when nobody can read it any more.
final class Subscription: Sendable {
  let buffer: EventBuffer
  private let core: ConnectionCore
  private let key: Int

  init(core: ConnectionCore, key: Int, buffer: EventBuffer) {
    self.core = core
    self.key = key
    self.buffer = buffer
  }

  deinit { core.discard(key) }
}
