import LibvirtXML
import Testing

@Suite struct DomainDocumentReadTests {
  let document: DomainDocument

  init() throws { document = try DomainDocument(parsing: Fixtures.dumped) }

  @Test func basicsAndMachineAreRead() {
    #expect(document.type == .qemu)
    #expect(document.name == "web")
    #expect(document.uuid == "6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b")
    #expect(document.memory == 256 << 20)
    #expect(document.currentMemory == 128 << 20)
    #expect(document.vcpus == 2)
    #expect(document.architecture == "x86_64")
    #expect(document.machine == "pc-i440fx-7.2")
    #expect(document.kernel == "/k")
    #expect(document.initrd == nil)
    #expect(document.commandLine == "console=ttyS0 quiet")
    #expect(document.bootDevices == ["hd"])
    #expect(document.features == ["acpi", "apic"])
    #expect(document.cpuMode == "maximum")
    #expect(document.clockOffset == "utc")
    #expect(document.onPowerOff == "destroy")
    #expect(document.onReboot == nil)
  }

  @Test func devicesAreRead() throws {
    let disk = try #require(document.disks.first)
    #expect(disk.file == "/d/web.qcow2")
    #expect(disk.format == "qcow2")
    #expect(disk.target == "vda")
    #expect(disk.cache == "none")
    #expect(disk.discard == "unmap")
    #expect(disk.alias == "virtio-disk0")
    #expect(disk.isReadOnly == false)
    #expect(disk.backingChain == [BackingImage(file: "/d/base.qcow2", format: "qcow2")])
    let card = try #require(document.interfaces.first)
    #expect(card.link == .user)
    #expect(card.mac == "52:54:00:00:77:01")
    #expect(card.model == "virtio")
    let serial = try #require(document.serials.first)
    #expect(serial.backend == .unixSocket("/s/web.sock"))
    #expect(serial.log == "/s/web.log")
    #expect(serial.logAppends)
    #expect(document.channels.isEmpty)
    #expect(document.memoryBalloon == "none")
    #expect(document.hasUSB == false)
    #expect(document.qemuArguments == ["-name"])
  }

  @Test func anUnchangedDocumentIsWrittenAsItWas() throws {
    #expect(try document.serialised() == Fixtures.dumped)
  }

  @Test func assigningWhatIsThereChangesNothing() throws {
    var copy = document
    copy.disks = copy.disks
    copy.interfaces = copy.interfaces
    copy.serials = copy.serials
    copy.features = copy.features
    copy.qemuArguments = copy.qemuArguments
    copy.controllers = copy.controllers
    copy.memoryBalloon = copy.memoryBalloon
    copy.bootDevices = copy.bootDevices
    copy.name = copy.name
    #expect(try copy.serialised() == Fixtures.dumped)
  }

  @Test(arguments: [
    ("<memory>1024</memory>", UInt64(1 << 20)), ("<memory unit='b'>5</memory>", 5),
    ("<memory unit='MB'>2</memory>", 2_000_000), ("<memory unit=' '>2</memory>", 0),
    ("<memory unit='GiB'> 1 </memory>", 1 << 30),
    ("<memory unit='TiB'>18446744073709551615</memory>", 0),
  ])
  func memoryIsReadInEveryUnit(_ xml: String, _ bytes: UInt64) throws {
    #expect(try DomainDocument(parsing: "<domain>\(xml)</domain>").memory == bytes)
  }
}
