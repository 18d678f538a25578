import Libvirt
import Testing

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
