/// The events of a connection's domains, as an asynchronous sequence.
///
/// Keep it as long as events matter: nothing is collected once the last copy and the last
/// iterator are gone. Several iterators share one stream: each event
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

/// One stream's place in the hub, given up when nobody can read it any more.
final class Subscription: Sendable {
  let buffer: EventBuffer
  private let hub: EventHub
  private let key: Int

  init(hub: EventHub, capacity: Int) {
    self.hub = hub
    buffer = EventBuffer(capacity: capacity)
    key = hub.add(buffer)
  }

  deinit { hub.remove(key) }
}
