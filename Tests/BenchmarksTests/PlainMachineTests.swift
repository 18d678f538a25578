import CoveyWire
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import covey_bench

@Suite struct PlainMachineTests {
  private func document(identity: String?) throws -> XMLDocument {
    var template = TemplateView(
      name: "tiny-web", digest: "d1", summary: "", cpus: 1, memory: 128 << 20, size: 1, ports: [80],
      created: "", isNewest: true, guests: [], groups: [])
    template.kernelArguments = "quiet systemd.hostname={name}"
    template.identity = identity
    let machine = PlainMachine(
      name: "cold-1", address: "127.118.0.2", disk: "/d", kernel: "/k", initrd: "/i",
      console: "/c", template: template)
    return try XMLDocument(data: Data(machine.document.utf8))
  }

  @Test func aMachineIsToldItsNameAndHasItsOwnAddress() throws {
    let text = try document(identity: nil).xmlString
    #expect(text.contains("quiet systemd.hostname=cold-1 covey.name=cold-1"))
    #expect(text.contains("hostfwd=tcp:127.118.0.2:80-:80"))
    #expect(!text.contains("<channel"))
  }

  @Test func aMachineHasTheIdentityDeviceOfItsTemplate() throws {
    #expect(try document(identity: "channel").xmlString.contains("org.covey.identity.0"))
    #expect(
      try document(identity: "qemu-guest-agent").xmlString.contains("org.qemu.guest_agent.0"))
  }

  @Test func everyMachineHasAListenerAndAnAddressOfItsOwn() {
    let names = PlainMachines.cold + [PlainMachines.copy, PlainMachines.saved]
    #expect(Set(names.map(PlainBalancer.address)).count == names.count)
    #expect(Set(names.map(PlainBalancer.endpoint)).count == names.count)
    let text = PlainBalancer(names: names).text
    for name in names { #expect(text.contains("bind \(PlainBalancer.endpoint(of: name).text)")) }
  }
}
