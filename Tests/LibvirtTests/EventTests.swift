import Foundation
import Testing

@testable import Libvirt

@Suite struct EventTests {
  /// Reads until an event matches and returns everything read.
  static func read(
    _ events: inout DomainEvents.Iterator, until isLast: (DomainEvent) -> Bool
  ) async -> [DomainEvent] {
    var read: [DomainEvent] = []
    while let event = await events.next() {
      read.append(event)
      if isLast(event) { break }
    }
    return read
  }

  @Test func aLifeIsReportedInOrder() async throws {
    try await TestNode().connected { connection async throws in
      var events = try await connection.domainEvents().makeAsyncIterator()
      let domain = try await connection.define(domainXML: TestNode.domainXML("a"))
      try await domain.start()
      try await domain.suspend()
      try await domain.resume()
      try await domain.destroy()
      try await domain.undefine()
      let last = DomainEvent.lifecycle(domain, .undefined(.removed))
      let read = await Self.read(&events) { $0 == last }
      #expect(
        read == [
          .lifecycle(domain, .defined(.added)), .lifecycle(domain, .started(.booted)),
          .lifecycle(domain, .suspended(.paused)), .lifecycle(domain, .resumed(.unpaused)),
          .lifecycle(domain, .stopped(.destroyed)), last,
        ])
    }
  }

  @Test func metadataChangesAreReported() async throws {
    try await TestNode("a").connected { connection async throws in
      var events = try await connection.domainEvents().makeAsyncIterator()
      let domain = try await connection.domain(named: "a")
      try await domain.setMetadata("<g/>", key: "x", uri: "urn:x")
      #expect(await events.next() == .metadataChanged(domain, uri: "urn:x"))
    }
  }

  @Test func theStreamEndsWhenTheConnectionCloses() async throws {
    let connection = try await TestNode("a").open()
    var events = try await connection.domainEvents().makeAsyncIterator()
    var others = try await connection.domainEvents().makeAsyncIterator()
    async let closing: Void = connection.close()
    #expect(await events.next() == .disconnected(.requested))
    #expect(await events.next() == nil)
    #expect(await others.next() == .disconnected(.requested))
    #expect(await others.next() == nil)
    try await closing
  }

  @Test func aDeadConnectionEndsTheStreamAndRefusesCalls() async throws {
    let connection = try await TestNode("a").open()
    var events = try await connection.domainEvents().makeAsyncIterator()
    connection.core.lost(.keepalive)
    #expect(await events.next() == .disconnected(.keepalive))
    #expect(await events.next() == nil)
    let error = await #expect(throws: LibvirtError.self) { try await connection.domains() }
    #expect(error?.code == .connectionClosed)
    try await connection.close()
    #expect(connection.core.leftover == 0)
  }

  @Test func aSlowReaderLearnsHowManyEventsItMissed() async throws {
    try await TestNode("a").connected { connection async throws in
      var events = try await connection.domainEvents(capacity: 2).makeAsyncIterator()
      var control = try await connection.domainEvents().makeAsyncIterator()
      let domain = try await connection.domain(named: "a")
      for _ in 0..<3 {
        try await domain.suspend()
        try await domain.resume()
      }
      try await domain.destroy()
      _ = await Self.read(&control) { $0 == .lifecycle(domain, .stopped(.destroyed)) }
      #expect(await events.next() == .lifecycle(domain, .suspended(.paused)))
      #expect(await events.next() == .lifecycle(domain, .resumed(.unpaused)))
      #expect(await events.next() == .missed(5))
    }
  }

  @Test func nothingIsHeldAfterClose() async throws {
    let node = try TestNode("a")
    weak var released: Connection?
    do {
      let connection = try await node.open()
      released = connection
      let first = try await connection.domainEvents()
      let second = try await connection.domainEvents()
      let domain = try await connection.domain(named: "a")
      try await domain.suspend()
      try await connection.close()
      #expect(connection.core.leftover == 0)
      #expect(connection.core.events.waitForRelease())
      #expect(connection.core.hub.count == 0)
      _ = (first, second)
    }
    #expect(released == nil)
  }

  @Test func aForgottenStreamIsFedNoLonger() async throws {
    try await TestNode("a").connected { connection async throws in
      do {
        let events = try await connection.domainEvents()
        #expect(events.connection === connection)
        #expect(connection.core.hub.count == 1)
      }
      #expect(connection.core.hub.count == 0)
    }
  }

  @Test func aForgottenConnectionClosesItself() async throws {
    let node = try TestNode("a")
    let core: ConnectionCore
    do {
      let connection = try await node.open()
      _ = try await connection.domainEvents()
      core = connection.core
    }
    #expect(await core.close() == nil)
    #expect(core.leftover == 0)
  }

  @Test func cancellingAReaderEndsItsIterationOnly() async throws {
    try await TestNode("a").connected { connection async throws in
      let events = try await connection.domainEvents()
      let reader = Task {
        for await event in events { return Optional(event) }
        return nil
      }
      reader.cancel()
      #expect(await reader.value == nil)
      var iterator = events.makeAsyncIterator()
      let domain = try await connection.domain(named: "a")
      try await domain.suspend()
      #expect(await iterator.next() == .lifecycle(domain, .suspended(.paused)))
    }
  }
}
