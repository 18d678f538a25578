import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// The built template in a bare QEMU, without libvirt: what the guest itself does.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BootTests {
  @Test func theGuestServesKeepsItsNoteAndHearsThePowerButton() async throws {
    let built = try await BuiltTemplate.shared.get()
    let folder = try TestPlace.folder("boot")
    let overlay = "\(folder)/disk.qcow2"
    let disk = built.templates.path(of: .disk, in: built.template)
    try await Program.qemuImg.run(
      ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk, overlay], to: "make",
      subject: "test")
    let machine = try BareMachine(
      built, folder: folder, kernelArguments: "covey.name=boot-test", disk: overlay)
    defer { machine.end() }

    let page = try await machine.get("/", within: 1)
    #expect(page.hasPrefix("HTTP/1.1 200") && page.contains("tiny-web serves"))
    let who = try await machine.get("/cgi-bin/who")
    #expect(who.contains("hostname: boot-test\n") && who.contains("address: 10.0.2.15\n"))
    let work = try await machine.get("/cgi-bin/work?n=3")
    #expect(work.hasPrefix("HTTP/1.1 200") && work.contains("units: 3\n"))
    #expect(try await machine.get("/cgi-bin/work?n=99999999999").contains("units: 10\n"))
    #expect(try await machine.get("/cgi-bin/work?n=$(id)").contains("units: 10\n"))
    #expect(try await machine.get("/cgi-bin/file").hasPrefix("HTTP/1.1 404"))
    let written = try await machine.get("/cgi-bin/file?write=kept%20%24%28id%29%2Fhere")
    #expect(written.contains("written: kept idhere\n"))
    #expect(try await machine.get("/cgi-bin/file").contains("kept idhere\n"))

    machine.pressPowerButton()
    #expect(await machine.exitStatus() == 0)
    #expect(machine.console.contains("tiny-web: address 10.0.2.15"))
    #expect(machine.console.contains("tiny-web: ready"))
    #expect(machine.console.contains("tiny-web: powering off"))

    let raw = "\(folder)/raw"
    try await Program.qemuImg.run(
      ["convert", "-O", "raw", overlay, raw], to: "convert", subject: "test")
    let note = try await Program.debugfs.run(
      ["-R", "cat /data/note", raw], to: "read", subject: "test")
    #expect(note.text == "kept idhere\n")
  }

  @Test func theProbePrintsOneLineAndEndsAtOnce() async throws {
    let built = try await BuiltTemplate.shared.get()
    let machine = try BareMachine(
      built, folder: TestPlace.folder("probe"), kernelArguments: "covey.probe", disk: nil)
    defer { machine.end() }
    #expect(await machine.exitStatus() == 0)
    let lines = machine.console.split(whereSeparator: \.isNewline)
    // The kernel may have something to say too, such as on a busy host.
    #expect(lines.filter { $0.contains("covey") } == ["covey-probe-ok"])
  }
}
