import LibvirtXML
import Testing

@Suite struct CheckpointDocumentTests {
  @Test func aCheckpointIsWrittenAsLibvirtReadsIt() throws {
    var document = CheckpointDocument(
      name: "monday", disks: [.bitmap("vda"), .bitmap("vdb", named: "b"), .excluded("vdc")])
    document.description = "weekly"
    #expect(
      try document.serialised() == """
        <domaincheckpoint>
          <name>monday</name>
          <disks>
            <disk name='vda' checkpoint='bitmap'/>
            <disk name='vdb' checkpoint='bitmap' bitmap='b'/>
            <disk name='vdc' checkpoint='no'/>
          </disks>
          <description>weekly</description>
        </domaincheckpoint>
        """)
    document.disks = []
    #expect(document.root["disks"] == nil)
  }

  @Test func whatLibvirtFilledInIsRead() throws {
    let text = """
      <domaincheckpoint>
        <name>tuesday</name>
        <parent>
          <name>monday</name>
        </parent>
        <creationTime>1525889631</creationTime>
        <disks>
          <disk name='vda' checkpoint='bitmap' bitmap='tuesday'/>
          <disk name='vdb' checkpoint='no'/>
        </disks>
        <domain type='qemu'>
          <name>web</name>
        </domain>
      </domaincheckpoint>
      """
    let document = try CheckpointDocument(parsing: text)
    #expect(document.name == "tuesday")
    #expect(document.parent == "monday")
    #expect(document.creationTime == 1_525_889_631)
    #expect(document.disks.map(\.isIncluded) == [true, false])
    #expect(document.disks.map(\.bitmap) == ["tuesday", nil])
    #expect(try document.serialised() == text)
  }

  @Test func anotherRootElementIsRefused() {
    #expect(throws: XMLProblem.unexpectedRoot("a", expected: "domaincheckpoint")) {
      try CheckpointDocument(parsing: "<a/>")
    }
  }
}
