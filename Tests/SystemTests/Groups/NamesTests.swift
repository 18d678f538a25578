import Covey
import CoveyWire
import Foundation
import Support
import Testing

extension WholeSystem {
  @Suite struct Names {
    @Test func dnsTellsWhoServesWhateverDies() async throws {
      try await Daemon.use(["--domain", "vm.test"]) { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does(
          "group create web --balance dns --template tiny-web --min 2 --max 3 --drain-within 5s")
        let group = try await daemon.group("web")
        #expect(group.listen == "web.vm.test:80" && group.dns == "web.vm.test")
        #expect(daemon.balancers == [])
        let server = try await nameServer(daemon)
        let members = try await daemon.members(of: "web")
        // The name server hears of members from the inventory, a moment later.
        try await daemon.eventually("both are answered") {
          try addresses("web", at: server) == Set(members.map(\.address))
        }
        #expect(try addresses("web-1", at: server) == [members[0].address])
        try await daemon.refuses("launch web --template tiny-web", "exists", status: 1)
        try await daemon.refuses(
          "group create web-1 --listen \(daemon.listen) --template tiny-web", "exists", status: 1)

        // A member dies: its address is out, and the answer is never empty.
        kill(try daemon.machine(of: "web-1"), SIGKILL)
        try await daemon.eventually("the dead member is out") {
          let found = try addresses("web", at: server)
          #expect(!found.isEmpty)
          return !found.contains(members[0].address) || found.count > 2
        }
        try await daemon.settles("web", at: 2)
        try await daemon.eventually("both are answered again") {
          try addresses("web", at: server).count == 2
        }

        try await expectDNSToOutliveItsProcesses(daemon, server)

        try await daemon.does("group set web --min 1")
        try await daemon.does("group scale web 1")
        try await daemon.settles("web", at: 1)
        try await daemon.eventually("the last one is answered") {
          try addresses("web", at: server).count == 1
        }
        try await daemon.does("group delete web")
        try await daemon.eventually("the name is gone") {
          try Resolver.ask("web.vm.test", at: server).code == 3
        }
      }
    }

    private func expectDNSToOutliveItsProcesses(_ daemon: Daemon, _ server: Endpoint) async throws {
      let first = Processes.running(with: "--addn-hosts=\(daemon.state)/dns/hosts")
      #expect(first.count == 1)
      try await daemon.kill9()
      #expect(try addresses("web", at: server).count == 2)
      try await daemon.start(["--domain", "vm.test"])
      #expect(Processes.running(with: "--addn-hosts=\(daemon.state)/dns/hosts") == first)
      for process in first { kill(process, SIGKILL) }
      try await daemon.eventually("another process answers the same") {
        (try? addresses("web", at: server).count) == 2
      }
      #expect(try await nameServer(daemon) == server)
    }

    @Test func anAddressThatIsTakenIsNamedAndTheRestWorks() async throws {
      try await Daemon.use { other in
        let server = try await nameServer(other)
        try await Daemon.unstarted { daemon in
          try await daemon.start(["--dns", "\(server)"])
          let doctor = try await daemon.client.get(Routes.doctor, as: DoctorView.self)
          #expect(doctor.dns == nil)
          let problem = try #require(doctor.problems.first { $0.what.contains("DNS") })
          #expect(problem.what.contains("\(server) is already in use by process"))
          try await daemon.does("launch one --template tiny-web")
        }
        #expect(try Resolver.ask("nobody.covey", at: server).code == 3)
      }
    }

    private func nameServer(_ daemon: Daemon) async throws -> Endpoint {
      // Until then coveyd says where it would answer.
      try await daemon.eventually("the name server runs") {
        !Processes.running(with: "--addn-hosts=\(daemon.state)/dns/hosts").isEmpty
      }
      let doctor = try await daemon.client.get(Routes.doctor, as: DoctorView.self)
      return try Endpoint(try #require(doctor.dns))
    }

    private func addresses(_ name: String, at server: Endpoint) throws -> Set<String> {
      Set(try Resolver.ask("\(name).vm.test", at: server).addresses.map(\.description))
    }
  }
}
