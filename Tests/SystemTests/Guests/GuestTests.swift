import CoveyWire
import Foundation
import Subprocess
import Testing

extension WholeSystem {
  @Suite struct Guests {
    @Test func aGuestIsLaunchedReachedStoppedAndDeleted() async throws {
      try await Daemon.use { daemon in
        let guest = try await daemon.shows("launch one --template tiny-web", as: GuestView.self)
        #expect(guest.state == "running")
        #expect(guest.disk == "persistent")
        #expect(guest.start == "boot")
        #expect(guest.group == nil)
        #expect(guest.address.hasPrefix("127."))
        #expect(guest.ports == [80, 9707].map { PortView(guest: $0, host: $0, note: nil) })

        let who = try await Page.get("/cgi-bin/who", at: "\(guest.address):80")
        #expect(who.status == 200)
        #expect(who["hostname"] == "one")

        let list = try await daemon.shows("list", as: ListView<GuestView>.self)
        #expect(list.items.map(\.name) == ["one"])
        #expect(try await daemon.does("list").contains("one   running"))
        #expect(try await daemon.does("logs one").contains("tiny-web: ready"))

        try await daemon.does("stop one")
        #expect(try await daemon.guest("one").state == "stopped")
        #expect(try await daemon.does("logs one").contains("tiny-web: powering off"))
        #expect(daemon.machines == [])

        try await daemon.does("delete one")
        #expect(try await daemon.does("list -q") == "")
        #expect(daemon.files(below: "guests") == [])
        #expect(daemon.files(below: "libvirt/etc").filter { $0.hasSuffix("one.xml") } == [])
        await #expect(throws: (any Error).self) {
          try await Page.get("/", at: "\(guest.address):80")
        }
      }
    }

    @Test func aNoteOnAPersistentDiskSurvives() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --disk persistent")
        #expect(try await daemon.note(of: "one").status == 404)
        #expect(try await daemon.note(of: "one", write: "kept").status == 200)

        try await daemon.does("stop one")
        try await daemon.does("start one")
        #expect(try await daemon.note(of: "one").body == "kept\n")
        let uptime = try await daemon.page("/cgi-bin/who", of: "one").uptime

        #expect(try await daemon.stop() == 0)
        try await daemon.start()
        #expect(try await daemon.note(of: "one").body == "kept\n")
        #expect(try await daemon.page("/cgi-bin/who", of: "one").uptime > uptime)

        try await daemon.does("restart one")
        #expect(try await daemon.note(of: "one").body == "kept\n")
      }
    }

    @Test func anEphemeralDiskIsFreshAtEveryStart() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --disk ephemeral")
        #expect(try await daemon.note(of: "one", write: "lost").status == 200)
        #expect(try await daemon.note(of: "one").body == "lost\n")
        try await daemon.does("stop one")
        try await daemon.does("start one")
        #expect(try await daemon.note(of: "one").status == 404)
      }
    }

    @Test func aCloneIsAnOverlayOnTheSealedImage() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --cpus 2 --memory 160MiB")
        let guest = try await daemon.guest("one")
        #expect(guest.cpus == 2)
        #expect(guest.memory == 160 << 20)
        let seen = try await Subprocess.run(
          .name("qemu-img"),
          arguments: [
            "info", "--backing-chain", "-U", "--output", "json",
            "\(daemon.state)/guests/one/disk.qcow2",
          ], output: .string(limit: 1 << 20))
        let sealed = "\(daemon.state)/templates/\(guest.templateDigest)/disk.qcow2"
        #expect(seen.standardOutput.contains("\"full-backing-filename\": \"\(sealed)\""))
        let used = try #require(guest.diskUsed)
        #expect(used < 16 << 20, "a clone holds only what the guest wrote")
      }
    }

    @Test func theConsoleAnswersWhatIsTyped() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web")
        // It leaves after some silence, which a guest on a busy host may need to answer.
        var tries = 0
        try await daemon.eventually("the guest answers") {
          tries += 1
          let said = try await daemon.does(
            "console one", typing: "echo $((6 * 7)) on $(hostname) at \(tries)\n")
          return said.contains("42 on one at \(tries)")
        }
        #expect(try await daemon.does("logs one").contains("42 on one"))

        try await daemon.does("stop one")
        let refused = try await daemon.covey("console one --format json")
        #expect(refused.status == 1)
        #expect(try refused.error().hint.isEmpty == false)
      }
    }

    @Test func waitEndsWhenTheGuestIsThere() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --no-wait")
        try await daemon.does("wait one --for running --timeout 120s")
        #expect(try await daemon.page("/", of: "one").status == 200)

        let late = try await daemon.covey("wait one --for stopped --timeout 1s --format json")
        #expect(late.status == 75)
        #expect(try late.error().code == "deadline")

        try await daemon.does("delete one --force --no-wait")
        try await daemon.does("wait one --for gone --timeout 60s")
        #expect(daemon.machines == [])
      }
    }

    @Test func aForcedDeleteEndsALaunchOnItsWay() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --no-wait")
        try await daemon.eventually("the machine runs") { !daemon.machines.isEmpty }
        try await daemon.does("delete one --force")
        #expect(try await daemon.does("list -q") == "")
        #expect(daemon.machines == [])
        #expect(daemon.files(below: "guests") == [])
        // The name and the address are free again.
        try await daemon.does("launch one --template tiny-web")
      }
    }
  }
}
