import LibvirtXML
import Testing

@testable import CoveyHypervisor

/// What libvirt 9.0 writes down of a machine, and what covey makes of it.
struct MachineRecordTests {
  private static let image =
    "<nodenames><nodename type='storage' name='libvirt-3-storage'/>"
    + "<nodename type='format' name='libvirt-3-format'/></nodenames>"

  /// A disk that turns from `/a/disk.1` on `/a/disk` on the template to its mirror in `/b`.
  static let turning = """
    <domstatus state='paused' reason='user' pid='4711'>
      <monitor path='/m.sock' type='unix'/>
      <job type='none' async='none'/>
      <nodename index='6'/>
      <blockjobs active='yes'>
        <blockjob name='copy-vda-libvirt-3-format' type='copy' state='pivoting' newstate='completed'>
          <disk dst='vda' mirror='yes'/>
        </blockjob>
      </blockjobs>
      <domain type='qemu' id='2'>
        <name>one</name>
        <devices>
          <disk type='file' device='disk'>
            <source file='/a/disk.1' index='3'><privateData>\(image)</privateData></source>
            <backingStore type='file' index='1'>
              <format type='qcow2'/>
              <source file='/a/disk'/>
              <backingStore type='file' index='2'>
                <format type='qcow2'/>
                <source file='/t/disk'><seclabel model='dac' relabel='no'/></source>
                <backingStore/>
              </backingStore>
            </backingStore>
            <mirror type='file' job=''>
              <format type='qcow2'/>
              <source file='/b/disk.1' index='4'/>
              <backingStore type='file' index='5'>
                <source file='/b/disk'>
                  <privateData>
                    <nodenames><nodename type='storage' name='libvirt-5-storage'/></nodenames>
                  </privateData>
                </source>
              </backingStore>
            </mirror>
            <target dev='vda' bus='virtio'/>
            <privateData>
              <qom name='/machine/peripheral/virtio-disk0/virtio-backend'/>
            </privateData>
          </disk>
        </devices>
      </domain>
    </domstatus>
    """

  static func open(_ number: Int, _ file: String) -> OpenImage {
    OpenImage(
      node: "libvirt-\(number)-format", storage: "libvirt-\(number)-storage", format: "qcow2",
      file: file)
  }

  @Test func aRecordSaysWhatLibvirtBelieves() throws {
    let record = try #require(MachineRecord(parsing: Self.turning))
    #expect(record.name == "one" && record.monitor == "/m.sock")
    #expect(record.jobs == ["copy-vda-libvirt-3-format"])
    #expect(record.copies == record.jobs)
    #expect(record.nodesBelowMirrors == ["libvirt-5-storage"])
    #expect(record.disks.map(\.files) == [["/a/disk.1", "/a/disk", "/t/disk"]])
    #expect(record.disks.first?.backend == "/machine/peripheral/virtio-disk0/virtio-backend")
    #expect(record.nodes == ["libvirt-3-storage", "libvirt-3-format", "libvirt-5-storage"])
    // Of these libvirt does not know what belongs to them.
    for change in [("'pivoting'", "'new'"), ("mirror='yes'", "")] {
      let text = Self.turning.replacing(change.0, with: change.1)
      #expect(try #require(MachineRecord(parsing: text)).jobs == [], "\(change)")
    }
    #expect(MachineRecord(parsing: "<domain/>") == nil)
    #expect(MachineRecord(parsing: "<domstatus") == nil)
  }

  @Test func jobsThatAreOverAreForgotten() throws {
    var record = try #require(MachineRecord(parsing: Self.turning))
    record.forgetJobs()
    #expect(record.jobs == [] && record.nodesBelowMirrors == [])
    #expect(record.disks.first?.mirror == nil)
    #expect(record.root["job"] != nil)
    // One that began, and of which nothing else was written down, would be waited for without end.
    let backup = Self.turning.replacing("async='none'", with: "async='backup' flags='0x0'")
    var other = try #require(MachineRecord(parsing: backup))
    other.forgetJobs()
    #expect(other.root["job"] == nil)
    #expect(record.root["domain"] == other.root["domain"])
  }

  @Test func aDiskUsesWhatQEMUUsesAndWhatIsSaidOfAFileStays() throws {
    var record = try #require(MachineRecord(parsing: Self.turning))
    record.forgetJobs()
    let chain = [(9, "/b/disk.1"), (5, "/b/disk"), (6, "/t/disk")].map { Self.open($0, $1) }
    record.turn(0, to: chain)
    record.countNames(upTo: ["libvirt-9-storage", "libvirt-pflash0-format", "#block10"])
    let disk = try #require(record.disks.first)
    #expect(disk.files == chain.map(\.file))
    #expect(disk.element["source"]?[attribute: "index"] == "9")
    #expect(disk.element["backingStore"]?[attribute: "index"] == "5")
    #expect(disk.backingChain?.map(\.format) == ["qcow2", "qcow2"])
    let template = disk.element.at("backingStore", "backingStore", "source")
    #expect(template?["seclabel"]?[attribute: "relabel"] == "no")
    #expect(template?[attribute: "index"] == nil)
    #expect(record.nodes == Set(chain.flatMap { [$0.node, $0.storage] }))
    #expect(
      record.root["nodename"]?[attribute: "index"] == "9", "libvirt would give a name twice")
    #expect(try MachineRecord(parsing: record.serialised()) == record)
  }

  @Test func aDefinitionKnowsNoNodes() throws {
    var record = try #require(MachineRecord(parsing: Self.turning))
    record.forgetJobs()
    var disk = try #require(record.disks.first)
    disk.turn(to: [Self.open(9, "/b/disk.1"), Self.open(6, "/t/disk")], isLive: false)
    #expect(disk.files == ["/b/disk.1", "/t/disk"])
    let text = try disk.element.serialised()
    #expect(!text.contains("libvirt-9") && !text.contains("index="))
    #expect(text.contains("relabel"))
  }
}
