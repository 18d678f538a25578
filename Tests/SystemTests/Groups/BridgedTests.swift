import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite(.enabled(if: geteuid() == 0, "a libvirtd and a network of one's own take root"))
  struct OnABridge {
    /// Guests that boot and guests that are forked, behind a balancer on the bridge's own address.
    @Test func guestsHaveAddressesOfTheirOwnAndGiveThemBack() async throws {
      try await Bridge.use { daemon, bridge in
        let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
        #expect(doctor.addresses.hasPrefix("network covey: 10.77.0.2 to "))
        #expect(!doctor.problems.contains { $0.what.contains("network") }, "\(doctor.problems)")

        try await daemon.does("launch one --template tiny-web --timeout 120s")
        try await daemon.does("template warm tiny-web --timeout 180s")
        try await daemon.does(
          "group create web --template tiny-web --min 2 --max 2 --listen \(bridge.host):8080")
        try await daemon.settles("web", at: 2)

        let names = ["one", "web-1", "web-2"]
        let guests = try await names.asyncMap { try await daemon.guest($0) }
        #expect(guests.map(\.start) == ["boot", "fork", "fork"])
        #expect(guests.map(\.address) == ["10.77.0.2", "10.77.0.3", "10.77.0.4"])
        #expect(guests.allSatisfy { $0.ports.allSatisfy { $0.host == $0.guest } })
        var cards: Set<String> = []
        for guest in guests {
          let page = try await bridge.page("/cgi-bin/who", at: guest.address)
          #expect(page["hostname"] == guest.name)
          #expect(page["address"] == guest.address)
          cards.insert("\(page["mac"] ?? "-") \(guest.address)")
        }
        #expect(cards.count == 3, "each has a card of its own: \(cards)")
        #expect(try await bridge.reservations() == cards)
        try await daemon.eventually("DHCP knows the addresses that forks were told") {
          try await bridge.leases() == cards
        }
        for guest in guests {
          let page = try await bridge.page("/cgi-bin/who", at: guest.address)
          #expect(page["address"] == guest.address, "its DHCP client left it its address")
        }

        let answers = try await (0..<6).asyncMap { _ in
          try await bridge.page("/cgi-bin/who", at: "\(bridge.host):8080")["hostname"]
        }
        #expect(Set(answers) == ["web-1", "web-2"])
        try await theNetworkAnswersNames(daemon, bridge)
        try await aNameOfSomebodyElsesIsSaid(daemon, bridge)

        for guest in guests.prefix(2) { try await lies(of: guest, daemon, bridge) }

        try await daemon.does("stop one --timeout 60s")
        try await daemon.does("start one --timeout 120s")
        #expect(try await bridge.page("/cgi-bin/who", at: "10.77.0.2")["address"] == "10.77.0.2")

        try await daemon.does("group delete web")
        try await daemon.does("delete one --force")
        #expect(try await bridge.reservations() == [])
        // dnsmasq hears of it by a packet.
        try await daemon.eventually("leases are given back") { try await bridge.leases() == [] }
        try await daemon.eventually("names are gone with their guests") {
          try await bridge.virsh("net-dumpxml", "covey").contains("<hostname>") == false
        }
      }
    }

    private func theNetworkAnswersNames(_ daemon: Daemon, _ bridge: Bridge) async throws {
      let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
      #expect(doctor.dns == "\(bridge.host):53")
      #expect(Processes.running(with: "--addn-hosts=\(daemon.state)/dns/hosts") == [])
      try await daemon.eventually("the network's DNS knows the group") {
        try await bridge.addresses(of: "web.covey") == ["10.77.0.3", "10.77.0.4"]
      }
      #expect(try await bridge.addresses(of: "one.covey") == ["10.77.0.2"])
    }

    private func aNameOfSomebodyElsesIsSaid(_ daemon: Daemon, _ bridge: Bridge) async throws {
      try await bridge.virsh(
        "net-update", "covey", "add", "dns-host",
        "<host ip='10.77.0.9'><hostname>two.covey</hostname></host>", "--live")
      try await daemon.does("launch two --template tiny-web --timeout 120s")
      try await daemon.eventually("doctor names who has it") {
        let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
        return doctor.problems.contains { $0.what.contains("two.covey for 10.77.0.9") }
      }
      #expect(try await bridge.addresses(of: "two.covey") == ["10.77.0.9"])
      try await daemon.does("delete two --force")
      try await bridge.virsh(
        "net-update", "covey", "delete", "dns-host", "<host ip='10.77.0.9'/>", "--live")
    }

    /// Has a guest speak under its own address and under others'. It tells on a page: consoles stutter on a busy host.
    private func lies(of guest: GuestView, _ daemon: Daemon, _ bridge: Bridge) async throws {
      let lines = [
        "try() { echo \"$1: $(\"$2\" -c 1 -w 2 $3 10.77.0.1 >/dev/null 2>&1 && echo heard || echo unheard)\" >>/www/told; }",
        "truth=$(cat /sys/class/net/eth0/address)",
        "try own-address ping; try own-arp arping '-I eth0'",
        "ip addr add 10.77.0.99/24 dev eth0",
        "try other-address ping '-I 10.77.0.99'; try other-arp arping '-I eth0 -s 10.77.0.99'",
        "ip addr del 10.77.0.99/24 dev eth0",
        "ip link set eth0 address 52:54:00:00:00:99; try other-card ping",
        "ip link set eth0 address $truth; try own-card ping; echo everything >>/www/told",
      ]
      // The shell's first line is run by itself.
      try await daemon.does(
        "console \(guest.name)", typing: "true\n" + lines.joined(separator: "\n") + "\n")
      var told: [Substring] = []
      try await daemon.eventually("\(guest.name) has tried everything") {
        told = try await bridge.page("/told", at: guest.address).body.split(separator: "\n")
        return told.last == "everything"
      }
      #expect(
        told.dropLast() == [
          "own-address: heard", "own-arp: heard", "other-address: unheard", "other-arp: unheard",
          "other-card: unheard", "own-card: heard",
        ])
    }

    @Test func aNetworkThatGoesDownIsSaidAndMended() async throws {
      try await Bridge.use { daemon, bridge in
        try await daemon.does("launch one --template tiny-web --timeout 120s")
        let before = try await bridge.reservations()
        #expect(before.count == 1)
        try await daemon.does("stop one --timeout 60s")

        try await bridge.virsh("net-destroy", "covey")
        let refused = try await daemon.covey("start one --format json")
        let error = try refused.error()
        #expect(refused.status == 1)
        #expect(error.message.contains("network \"covey\" is not up"))
        #expect(error.hint.contains("net-start covey"))
        let doctor: DoctorView = try await daemon.client.get(Routes.doctor)
        #expect(doctor.problems.contains { $0.severity == "error" && $0.what.contains("not up") })

        try await bridge.virsh("net-start", "covey")
        #expect(try await bridge.reservations() == [], "nothing of covey's was in its definition")
        try await daemon.does("start one --timeout 120s")
        #expect(try await bridge.reservations() == before)
        try await bridge.virsh(
          "net-update", "covey", "delete", "ip-dhcp-host", "<host ip='10.77.0.2'/>", "--live")
        try await daemon.eventually("a lost reservation is made again") {
          try await bridge.reservations() == before
        }
        try await daemon.does("delete one --force")
      }
    }
  }
}
