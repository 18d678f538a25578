import LibvirtXML
import Testing

@Suite struct StoragePoolDocumentTests {
  @Test func aPoolSaysWhereItsImagesAre() throws {
    let pool = try StoragePoolDocument(
      parsing: """
        <pool type='dir'><name>images</name><uuid>6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b</uuid>
        <capacity unit='bytes'>1</capacity><source/><target><path>/srv/images</path></target></pool>
        """)
    #expect(pool.name == "images")
    #expect(pool.uuid == "6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b")
    #expect(pool.type == "dir")
    #expect(pool.targetPath == "/srv/images")
  }

  @Test func aPoolWithoutAFolderHasNoPath() throws {
    #expect(try StoragePoolDocument(parsing: "<pool type='rbd'/>").targetPath == nil)
    #expect(throws: XMLProblem.unexpectedRoot("volume", expected: "pool")) {
      try StoragePoolDocument(parsing: "<volume/>")
    }
  }
}
