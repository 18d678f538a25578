import LibvirtXML
import Testing

@Suite struct DomainDocumentBuildTests {
  @Test func aMinimalDocumentSaysOnlyWhatWasAskedFor() throws {
    let document = DomainDocument(name: "web", memory: 64 << 20, vcpus: 2, machine: "pc")
    #expect(
      try document.serialised() == """
        <domain type='qemu'>
          <name>web</name>
          <memory unit='KiB'>65536</memory>
          <vcpu>2</vcpu>
          <os>
            <type arch='x86_64' machine='pc'>hvm</type>
          </os>
          <features>
            <acpi/>
            <apic/>
          </features>
          <clock offset='utc'/>
          <on_poweroff>destroy</on_poweroff>
          <on_reboot>restart</on_reboot>
          <on_crash>destroy</on_crash>
          <devices>
            <controller type='usb' model='none'/>
            <memballoon model='none'/>
          </devices>
        </domain>
        """)
  }

  @Test func everythingThatIsSetIsReadBack() throws {
    var built = DomainDocument(name: "web", type: .kvm)
    built.title = "a <title> & more"
    built.uuid = "6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b"
    built.kernel = "/boot/k"
    built.initrd = "/boot/i"
    built.commandLine = "console=ttyS0 x='y'"
    built.cpuMode = "maximum"
    built.bootDevices = ["hd", "network"]
    built.randomSource = "/dev/urandom"
    built.qemuArguments = ["-object", "memory-backend-file,id=ram0"]
    built.removedQEMUCapabilities = ["cpu-unavailable-features"]
    var serial = CharacterDevice.serial(.unixSocket("/run/s"))
    serial.log = "/log/s"
    serial.logAppends = true
    built.serials = [serial]
    built.channels = [.channel(.unixSocket("/run/a"), name: "org.qemu.guest_agent.0")]
    built.interfaces = [
      InterfaceDevice(.user, mac: "52:54:00:00:00:01"), InterfaceDevice(.network("default")),
      InterfaceDevice(.bridge("br0"), model: "e1000e"),
    ]
    var disk = DiskDevice(file: "/d/a.qcow2", target: "vda")
    disk.serial = "s1"
    disk.cache = "unsafe"
    disk.backingChain = []
    built.disks = [disk]

    let read = try DomainDocument(parsing: built.serialised())
    #expect(read.type == .kvm)
    #expect(read.title == "a <title> & more")
    #expect(read.commandLine == "console=ttyS0 x='y'")
    #expect(read.bootDevices == ["hd", "network"])
    #expect(read.randomSource == "/dev/urandom")
    #expect(read.qemuArguments == ["-object", "memory-backend-file,id=ram0"])
    #expect(read.removedQEMUCapabilities == ["cpu-unavailable-features"])
    #expect(read.serials.first?.log == "/log/s")
    #expect(read.channels.first?.targetName == "org.qemu.guest_agent.0")
    #expect(read.interfaces.map(\.link) == [.user, .network("default"), .bridge("br0")])
    #expect(read.disks.first?.backingChain == [])
    #expect(try read.serialised() == built.serialised())
  }

  @Test func usbAndBalloonCanBeAskedFor() {
    var document = DomainDocument(name: "web")
    document.hasUSB = true
    document.memoryBalloon = "virtio"
    #expect(document.controllers.isEmpty)
    #expect(document.memoryBalloon == "virtio")
  }

  @Test func aCardThatMovesToAnotherNetworkLeavesTheFirst() {
    var card = InterfaceDevice(.bridge("br0"))
    card.link = .network("lab")
    #expect(card.element["source"] == Element("source", attributes: [.init("network", "lab")]))
    card.link = .user
    #expect(card.element["source"] == nil)
  }
}
