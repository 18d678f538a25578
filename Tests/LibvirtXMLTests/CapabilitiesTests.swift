import LibvirtXML
import Testing

@Suite struct CapabilitiesTests {
  @Test func aHostSaysWhatGuestsItOffers() throws {
    let host = try HostCapabilities(
      parsing: """
        <capabilities><host><uuid>u</uuid><cpu><arch>x86_64</arch></cpu></host>
        <guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/q</emulator>
        <machine maxCpus='255'>pc</machine><machine canonical='x'>q35</machine>
        <domain type='qemu'/><domain type='kvm'/></arch></guest>
        <guest><os_type>hvm</os_type><arch name='aarch64'><domain type='qemu'/></arch></guest>
        </capabilities>
        """)
    #expect(host.hostArchitecture == "x86_64")
    #expect(host.guests.first?.machines == ["pc", "q35"])
    #expect(host.guests.first?.emulator == "/q")
    #expect(host.offers(.kvm, architecture: "x86_64"))
    #expect(!host.offers(.kvm, architecture: "aarch64"))
    #expect(!host.offers(.qemu, architecture: "riscv64"))
  }

  @Test func aKindOfGuestSaysItsLimits() throws {
    let guest = try DomainCapabilities(
      parsing: """
        <domainCapabilities><path>/q</path><domain>qemu</domain><machine>pc-q35-7.2</machine>
        <arch>x86_64</arch><vcpu max='288'/>
        <cpu><mode name='maximum' supported='yes'/><mode name='host-passthrough' supported='no'/></cpu>
        <devices><disk supported='yes'><enum name='bus'><value>ide</value><value>virtio</value></enum>
        </disk></devices></domainCapabilities>
        """)
    #expect(guest.maximumVCPUs == 288)
    #expect(guest.type == .qemu)
    #expect(guest.machine == "pc-q35-7.2")
    #expect(guest.cpuModes == ["maximum"])
    #expect(guest.values(of: "disk", "bus") == ["ide", "virtio"])
    #expect(guest.values(of: "rng", "model") == [])
  }
}
