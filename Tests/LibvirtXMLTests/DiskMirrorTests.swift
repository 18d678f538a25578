import LibvirtXML
import Testing

@Suite struct DiskMirrorTests {
  /// A disk of a running guest as libvirt 9.0 writes it during a copy.
  static let live = """
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/d/top.qcow2' index='3'/>
      <backingStore type='file' index='2'>
        <format type='qcow2'/>
        <source file='/d/middle.qcow2'/>
        <backingStore type='file' index='1'>
          <format type='raw'/>
          <source file='/d/base.raw'/>
          <backingStore/>
        </backingStore>
      </backingStore>
      <mirror type='file' file='/d/copy.qcow2' format='qcow2' job='copy' ready='yes'>
        <format type='qcow2'/>
        <source file='/d/copy.qcow2' index='4'/>
        <backingStore type='file' index='5'>
          <format type='qcow2'/>
          <source file='/d/middle.qcow2'/>
        </backingStore>
      </mirror>
      <target dev='vda' bus='virtio'/>
    </disk>
    """

  @Test func aChainIsReadThroughItsIndices() throws {
    let disk = DiskDevice(element: try Element(parsing: Self.live))
    #expect(disk.file == "/d/top.qcow2")
    #expect(
      disk.backingChain == [
        BackingImage(file: "/d/middle.qcow2", format: "qcow2"),
        BackingImage(file: "/d/base.raw", format: "raw"),
      ])
  }

  @Test func aCopySaysWhereItGoesAndWhetherItIsReady() throws {
    let mirror = try #require(DiskDevice(element: Element(parsing: Self.live)).mirror)
    #expect(mirror.file == "/d/copy.qcow2")
    #expect(mirror.format == "qcow2")
    #expect(mirror.job == .copy)
    #expect(mirror.isReady)
  }

  @Test(arguments: ["", " ready='no'", " ready='pivot'", " ready='abort'"])
  func anythingButYesIsNotReady(_ ready: String) throws {
    let mirror = DiskMirror(
      element: try Element(parsing: "<mirror type='file' job='active-commit'\(ready)/>"))
    #expect(!mirror.isReady)
    #expect(mirror.job == .activeCommit)
    #expect(mirror.file == nil)
  }

  @Test func aDiskThatStaysHasNoMirror() {
    #expect(DiskDevice(file: "/d/a", target: "vda").mirror == nil)
  }
}
