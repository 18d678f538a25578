import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Survival {
    @Test(arguments: [SIGKILL, SIGTERM])
    func guestsServeOnWithoutTheDaemonAndTheNextOneScalesThem(signal: Int32) async throws {
      try await Daemon.use { daemon in
        try await daemon.does("group create web --listen \(daemon.listen) \(eager) --max 2")
        let uuid = try await daemon.guest("web-1").uuid
        let machine = try daemon.machine(of: "web-1")
        let load = try await Load.on(daemon.listen, of: daemon) {
          let before = try await Page.get("/cgi-bin/who", at: daemon.listen)
          let status = signal == SIGTERM ? try await daemon.stop() : try await daemon.kill9()
          #expect(status == (signal == SIGTERM ? 0 : SIGKILL))
          // Nobody looks after them now; guest and balancer serve all the same.
          for _ in 0..<10 {
            let page = try await Page.get("/cgi-bin/who", at: daemon.listen)
            #expect(page.status == 200)
            #expect(page.uptime >= before.uptime)
          }
          try await daemon.start()
          #expect(try await daemon.guest("web-1").uuid == uuid)
          try await daemon.eventually("two serve") { try await daemon.group("web").serving == 2 }
          #expect(try daemon.machine(of: "web-1") == machine, "the same process as before")
        }
        load.expectNoFailure()
        #expect(try await daemon.group("web").traffic?.failures == 0)
        #expect(daemon.balancers.count == 1)
        try await daemon.settles("web", at: 1)
      }
    }

    @Test func aLaunchThatTheDaemonDiedInIsFinishedByTheNext() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web --no-wait")
        try await daemon.eventually("the machine runs") { !daemon.machines.isEmpty }
        try await daemon.kill9()
        try await daemon.start()
        try await daemon.does("wait one --for running --timeout 120s")
        #expect(try await daemon.page("/", of: "one").status == 200)
        #expect(daemon.machines.count == 1)
      }
    }

    @Test func aLostStoreIsRebuiltFromWhatTheGuestsCarry() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("launch one --template tiny-web")
        try await daemon.does("launch two --template tiny-web --disk ephemeral --memory 144MiB")
        try await daemon.does("stop two")
        let before = try await ["one", "two"].asyncMap { try await daemon.guest($0) }
        try await daemon.stop()
        for file in daemon.files(below: "").filter({ $0.contains("/covey.sqlite") }) {
          try FileManager.default.removeItem(atPath: "\(daemon.state)\(file)")
        }
        try await daemon.start()
        try await daemon.eventually("both are found as they are") {
          let guests = try await daemon.client.get(Routes.guests, as: ListView<GuestView>.self)
          return guests.items.map(\.state) == before.map(\.state)
        }
        for old in before {
          let new = try await daemon.guest(old.name)
          #expect(new.uuid == old.uuid)
          #expect(new.state == old.state)
          #expect(new.address == old.address)
          #expect(new.disk == old.disk)
          #expect(new.memory == old.memory)
          #expect(new.templateDigest == old.templateDigest)
        }
        #expect(try await daemon.page("/cgi-bin/who", of: "one")["hostname"] == "one")
        try await daemon.does("delete one two --force")
        #expect(daemon.machines == [])
      }
    }
  }
}
