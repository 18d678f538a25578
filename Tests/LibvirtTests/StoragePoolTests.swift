import Libvirt
import LibvirtXML
import Testing

@Suite struct StoragePoolTests {
  @Test func poolsAreListedWithTheirSizesAndDocuments() async throws {
    let connection = try await Connection.open("test:///default")
    let pools = try await connection.storagePools()
    let pool = try #require(pools.first { $0.name == "default-pool" })
    #expect(pool.isActive)
    #expect(pool.capacity > 0)
    #expect(pool.capacity == pool.allocation + pool.available)
    let document = try StoragePoolDocument(parsing: await pool.xml())
    #expect(document.name == pool.name)
    #expect(document.uuid == pool.uuid)
    #expect(document.type == "dir")
    #expect(document.targetPath == "/default-pool")
    try await connection.close()
    let error = await #expect(throws: LibvirtError.self) { try await pool.xml() }
    #expect(error?.code == .connectionClosed)
  }

  @Test func aHostWithoutPoolsHasNone() async throws {
    try await TestNode().connected { connection async throws in
      #expect(try await connection.storagePools().isEmpty)
    }
  }
}
