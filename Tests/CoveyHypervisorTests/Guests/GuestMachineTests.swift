import Covey
import Foundation
import LibvirtXML
import Support
import Testing

@testable import CoveyHypervisor

/// The machines that covey asks libvirt for, word by word.
///
/// The files in `Golden` are what a reviewer reads; `COVEY_REFRESH_GOLDEN=1 swift test` writes them
/// anew.
struct GuestMachineTests {
  static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden").path

  enum Flavour: String, CaseIterable, CustomTestStringConvertible {
    case tcg, kvm, testDriver, ephemeral, member, twoCPUs, withoutKernel
    case channel, agent, balloon, freePageReporting, bios, uefi, cloudInit, bridged

    var testDescription: String { rawValue }

    var machine: GuestMachine {
      switch self {
      case .tcg: GuestSamples.machine()
      case .kvm: GuestSamples.machine(GuestSamples.guest(), .kvm)
      case .testDriver: GuestSamples.machine(GuestSamples.guest(), .test)
      case .ephemeral: GuestSamples.machine(GuestSamples.guest(disk: .ephemeral))
      case .member: GuestSamples.machine(GuestSamples.guest("web-3", group: "web"))
      case .twoCPUs: GuestSamples.machine(GuestSamples.guest(cpus: 2, memory: .gibibytes(1)))
      case .withoutKernel:
        GuestSamples.machine(template: GuestSamples.template(kernelArguments: nil))
      case .channel: GuestSamples.machine(template: GuestSamples.template(identity: .channel))
      case .agent: GuestSamples.machine(template: GuestSamples.template(identity: .agent))
      case .balloon: GuestSamples.machine(template: GuestSamples.template(balloon: .virtio))
      case .freePageReporting:
        GuestSamples.machine(template: GuestSamples.template(balloon: .reporting))
      case .bios: Self.imported(.bios)
      case .uefi: Self.imported(.uefi)
      case .cloudInit:
        Self.imported(.bios, try? CloudInit(userData: "#cloud-config\n"))  // short enough
      case .bridged:
        GuestSamples.machine(GuestSamples.guest("web-3", group: "web"), network: .covey)
      }
    }

    private static func imported(_ firmware: Firmware, _ cloudInit: CloudInit? = nil)
      -> GuestMachine
    {
      let template = GuestSamples.template(
        kernelArguments: nil, firmware: firmware, cloudInit: cloudInit)
      return GuestSamples.machine(GuestSamples.guest(template: template), template: template)
    }
  }

  @Test func theMachineUsesWhatTheFirmwareRememberedAtTheSnapshot() throws {
    let template = GuestSamples.template(kernelArguments: nil, firmware: .uefi)
    var guest = GuestSamples.guest(template: template)
    let base = Snapshot(name: Samples.name("base"), layer: 0, firmwareState: 1)
    guest.disks.apply(.taken(base, turnedTo: 1), at: .zero)
    func state() throws -> String? {
      try GuestSamples.machine(guest, template: template).document().firmwareState
    }
    #expect(try state() == "/var/lib/covey/guests/db/nvram.fd")
    guest.disks.apply(.restored(base.name, onto: 2, left: nil), at: .zero)
    #expect(try state() == "/var/lib/covey/guests/db/nvram.2.fd")
    guest.disks.apply(.moved(to: "/srv/fast/db"), at: .zero)
    #expect(try state() == "/var/lib/covey/guests/db/nvram.2.fd")
  }

  @Test(arguments: Flavour.allCases)
  func theDocumentIsTheOneThatWasReviewed(_ flavour: Flavour) throws {
    let file = "\(Self.golden)/\(flavour.rawValue).xml"
    let text = try flavour.machine.document().serialised() + "\n"
    if ProcessInfo.processInfo.environment["COVEY_REFRESH_GOLDEN"] == "1" {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOfFile: file, encoding: .utf8))
  }

  @Test func whatIsSpecialInXMLIsEscapedAndReadBackUnchanged() throws {
    let odd = #"/srv/a & b <c> "d" 'e'"#
    let machine = GuestSamples.machine(
      template: GuestSamples.template(kernelArguments: #"greeting="<&>'" root=/dev/vda"#),
      files: GuestFolder(guests: odd), shelf: odd)
    let text = try machine.document().serialised()
    let read = try DomainDocument(parsing: text)
    #expect(read.disks.first?.file == "\(odd)/db/disk.qcow2")
    #expect(read.disks.first?.backingChain?.first?.file == "\(odd)/tiny-web/disk")
    #expect(read.kernel == "\(odd)/tiny-web/kernel")
    #expect(read.commandLine == #"greeting="<&>'" root=/dev/vda covey.name=db covey.network=user"#)
    #expect(read.serials.first?.log == "\(odd)/db/console.log")
    #expect(!text.contains("<c>"))
  }

  @Test func onlyAnEphemeralDiskMayLoseItsWrites() throws {
    #expect(try Flavour.ephemeral.machine.document().disks.first?.cache == "unsafe")
    #expect(try Flavour.tcg.machine.document().disks.first?.cache == "none")
  }

  @Test func guestsThatDifferInTheirUUIDDifferInTheirCard() throws {
    let uuids = ["00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000ab"]
    let cards = try uuids.map { uuid in
      try GuestSamples.machine(GuestSamples.guest(uuid: uuid)).document().interfaces.first?.mac
    }
    #expect(cards == ["52:54:00:00:00:aa", "52:54:00:00:00:ab"])
  }
}
