import LibvirtXML
import Testing

@Suite struct SnapshotDocumentTests {
  @Test func aSnapshotIsWrittenAsLibvirtReadsIt() throws {
    var document = SnapshotDocument(
      disks: [.external("vda", file: "/d/1 & 2.qcow2"), .excluded("vdb")],
      memory: .external(file: "/d/memory"))
    document.description = "before <update>"
    #expect(
      try document.serialised() == """
        <domainsnapshot>
          <memory snapshot='external' file='/d/memory'/>
          <disks>
            <disk name='vda' snapshot='external'>
              <driver type='qcow2'/>
              <source file='/d/1 &amp; 2.qcow2'/>
            </disk>
            <disk name='vdb' snapshot='no'/>
          </disks>
          <description>before &lt;update&gt;</description>
        </domainsnapshot>
        """)
    let read = try SnapshotDocument(parsing: document.serialised())
    #expect(read.disks.map(\.file) == ["/d/1 & 2.qcow2", nil])
    #expect(read.memory == .external(file: "/d/memory"))
  }

  @Test func whatLibvirtReportsIsReadAndKept() throws {
    let text = """
      <domainsnapshot>
        <name>1270477159</name>
        <state>running</state>
        <memory snapshot='no'/>
        <disks>
          <disk name='vda' snapshot='external' type='file'>
            <driver type='qcow2'/>
            <source file='/d/new'/>
          </disk>
          <disk name='vdb' snapshot='no'/>
          <disk name='vdc'/>
        </disks>
      </domainsnapshot>
      """
    let document = try SnapshotDocument(parsing: text)
    #expect(document.name == "1270477159")
    #expect(document.description == nil)
    #expect(document.memory == SnapshotDocument.Memory.none)
    #expect(document.disks.map(\.name) == ["vda", "vdb", "vdc"])
    #expect(document.disks.map(\.mode) == ["external", "no", nil])
    #expect(document.disks.map(\.file) == ["/d/new", nil, nil])
    #expect(document.disks.map(\.format) == ["qcow2", nil, nil])
    #expect(try document.serialised() == text)
  }

  @Test func memoryIsSetToEachOfItsKindsAndBack() {
    var document = SnapshotDocument(disks: [])
    #expect(document.memory == nil)
    for memory in [SnapshotDocument.Memory.none, .internal, .external(file: "/m")] {
      document.memory = memory
      #expect(document.memory == memory)
    }
    document.memory = nil
    #expect(document.root["memory"] == nil)
  }

  @Test func anotherRootElementIsRefused() {
    #expect(throws: XMLProblem.unexpectedRoot("domain", expected: "domainsnapshot")) {
      try SnapshotDocument(parsing: "<domain/>")
    }
  }
}
