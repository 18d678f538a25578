import LibvirtXML
import Testing

@Suite struct BackupDocumentTests {
  @Test func aBackupOfChangesIsWrittenAsLibvirtReadsIt() throws {
    let document = BackupDocument(
      disks: [.push("vda", file: "/b/vda", format: "raw"), .excluded("vdb")], since: "monday")
    #expect(
      try document.serialised() == """
        <domainbackup mode='push'>
          <incremental>monday</incremental>
          <disks>
            <disk name='vda' backup='yes' type='file'>
              <target file='/b/vda'/>
              <driver type='raw'/>
            </disk>
            <disk name='vdb' backup='no'/>
          </disks>
        </domainbackup>
        """)
    #expect(BackupDocument(disks: []).checkpoint == nil)
  }

  @Test func whatRunsIsRead() throws {
    let document = try BackupDocument(
      parsing: """
        <domainbackup mode='pull'><server transport='unix' socket='/s'/><disks>
        <disk name='vda' backup='yes' type='file' backupmode='full' index='3'>
        <driver type='qcow2'/><target file='/b/vda'/></disk><disk name='vdb' backup='no'/></disks>
        </domainbackup>
        """)
    #expect(document.mode == "pull")
    #expect(document.checkpoint == nil)
    #expect(document.disks.map(\.name) == ["vda", "vdb"])
    #expect(document.disks.map(\.isIncluded) == [true, false])
    #expect(document.disks.map(\.file) == ["/b/vda", nil])
    #expect(document.disks.map(\.format) == ["qcow2", nil])
  }

  @Test func aDiskMayHaveACheckpointOfItsOwn() {
    var disk = BackupDocument.Disk.push("vda", file: "/b")
    disk.checkpoint = "tuesday"
    #expect(disk.element[attribute: "backupmode"] == "incremental")
    #expect(disk.checkpoint == "tuesday")
    disk.checkpoint = nil
    #expect(disk == .push("vda", file: "/b"))
  }

  @Test func anotherRootElementIsRefused() {
    #expect(throws: XMLProblem.unexpectedRoot("a", expected: "domainbackup")) {
      try BackupDocument(parsing: "<a/>")
    }
  }
}
