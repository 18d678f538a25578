import Dispatch
import Testing

@testable import Libvirt

/// Against the test driver, which has two file systems in every guest: `/` and `/boot`.
@Suite struct FilesystemTests {
  @Test func filesystemsAreFrozenByMountPointOrAllAndCounted() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      #expect(try await domain.freezeFilesystems(["/boot"]) == 1)
      #expect(try await domain.freezeFilesystems() == 1)
      #expect(try await domain.freezeFilesystems(["/", "/boot"]) == 0)
      #expect(try await domain.thawFilesystems(["/", "/boot"]) == 2)
      #expect(try await domain.thawFilesystems() == 0)
    }
  }

  @Test func thawingIsNotWithdrawnByCancellation() async throws {
    try await TestNode("a").connected { connection async throws in
      let domain = try await connection.domain(named: "a")
      try await domain.freezeFilesystems()
      let thawing = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await domain.thawFilesystems()
      }
      #expect(try await thawing.value == 2)
    }
  }

  /// Saves of memory may take all threads for long calls for minutes; a guest that is held must not wait for them.
  @Test func aGuestThatIsHeldGoesOnWhateverElseTakesLong() async throws {
    let node = try TestNode("a")
    let connection = try await Connection.open(node.uri, lanes: LaneWidths(control: 1, jobs: 1))
    let domain = try await connection.domain(named: "a")
    try await domain.freezeFilesystems()
    try await domain.suspend()
    let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let long: Void = connection.run(.jobs) { _ in
      begun.signal()
      gate.wait()
    }
    try await BlockingThreads(name: "w", width: 1).run { begun.wait() }
    #expect(try await domain.thawFilesystems() == 2)
    try await domain.resume()
    #expect(try await domain.state().isActive)
    gate.signal()
    try await long
    try await connection.close()
    withExtendedLifetime(node) {}
  }

  @Test func aGuestThatIsOffHasNoneToFreeze() async throws {
    try await TestNode().connected { connection async throws in
      let domain = try await connection.define(domainXML: TestNode.domainXML("a"))
      let error = await #expect(throws: LibvirtError.self) {
        try await domain.freezeFilesystems()
      }
      #expect(error?.code == .operationInvalid)
    }
  }
}
