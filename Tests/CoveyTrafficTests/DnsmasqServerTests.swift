import Covey
import CoveyEngine
import Foundation
import Support
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct DnsmasqServerTests {
  @Test func aNameHasAllItsAddressesInTurnsAndForASecond() async throws {
    try await NameBench.use { bench in
      let all = ["127.77.0.2", "127.77.0.3", "127.77.0.4"]
      try await bench.server.publish(try bench.zone(["web": all, "web-1": [all[0]]]))
      let answers = try (0..<6).map { _ in try bench.ask("web.covey") }
      #expect(answers.allSatisfy { Set($0.addresses.map(\.description)) == Set(all) })
      #expect(Set(answers.compactMap(\.addresses.first?.description)) == Set(all))
      #expect(answers.first?.timesToLive == [1])
      #expect(try bench.addresses(of: "web-1.covey") == [all[0]])
      #expect(try bench.ask("nobody.covey").code == 3)
      #expect(try bench.ask("example.org").code == 5)
    }
  }

  @Test func aMemberThatIsTakenOutIsNotAnsweredAnyMore() async throws {
    try await NameBench.use { bench in
      try await bench.server.publish(try bench.zone(["web": ["127.77.0.2", "127.77.0.3"]]))
      let process = try bench.processes()
      try await bench.server.publish(try bench.zone(["web": ["127.77.0.3"]]))
      try await eventually("the change is read") {
        try bench.addresses(of: "web.covey") == ["127.77.0.3"]
      }
      #expect(try bench.processes() == process && process.count == 1)
      try await bench.server.publish(try bench.zone([:]))
      try await eventually("the last is gone") { try bench.ask("web.covey").code == 3 }
    }
  }

  @Test func nothingIsWrittenWhereNothingHasChanged() async throws {
    try await NameBench.use { bench in
      let zone = try bench.zone(["web": ["127.77.0.2"]])
      try await bench.server.publish(zone)
      let log = { FileManager.default.contents(atPath: bench.place().log) }
      let before = log()
      for _ in 0..<3 { try await bench.server.publish(zone) }
      try await bench.server.publish(try bench.zone(["web": ["127.77.0.9"]]))
      try await eventually("the change is read") {
        try bench.addresses(of: "web.covey") == ["127.77.0.9"]
      }
      let words = String(decoding: try #require(log()).dropFirst(before?.count ?? 0), as: UTF8.self)
      #expect(words.ranges(of: "read \(bench.place().hosts)").count == 1)
    }
  }

  @Test func aProcessThatWasKilledIsBackWithTheNextLook() async throws {
    try await NameBench.use { bench in
      let zone = try bench.zone(["web": ["127.77.0.2"]])
      try await bench.server.publish(zone)
      let old = try bench.processes()
      for process in old { kill(process, SIGKILL) }
      try await eventually("it is dead") { try bench.processes().isEmpty }
      try await bench.server.publish(zone)
      #expect(try bench.addresses(of: "web.covey") == ["127.77.0.2"])
      #expect(try bench.processes() != old)
    }
  }

  @Test func theNextDaemonTakesItOverAndHasItReadWhatItMissed() async throws {
    try await NameBench.use { bench in
      try await bench.server.publish(try bench.zone(["web": ["127.77.0.2"]]))
      let process = try bench.processes()
      // As if the daemon had been killed between writing and telling.
      _ = try bench.place().write(DnsmasqPlace.hosts(try bench.zone(["web": ["127.77.0.7"]])))
      try await bench.again().publish(try bench.zone(["web": ["127.77.0.7"]]))
      try await eventually("what was missed is read") {
        try bench.addresses(of: "web.covey") == ["127.77.0.7"]
      }
      #expect(try bench.processes() == process)
    }
  }

  @Test func anotherAddressOrDomainIsFollowed() async throws {
    try await NameBench.use { bench in
      try await bench.server.publish(try bench.zone(["web": ["127.77.0.2"]]))
      let moved = Endpoint(address: bench.listen.address, port: bench.listen.port + 500)
      let other = try HostName("vm.test")
      let next = bench.again(at: moved, domain: other)
      try await next.publish(Zone(domain: other, addresses: [try Name("web"): [moved.address]]))
      #expect(try Resolver.ask("web.vm.test", at: moved).addresses == [moved.address])
      #expect(try Resolver.ask("web.covey", at: moved).code == 5)
      #expect(try bench.processes().count == 1)
      #expect(await next.inspect().endpoint == moved)
    }
  }

  @Test func anAddressThatAnotherProgramHasIsNamedWithIt() async throws {
    try await NameBench.use { bench in
      let holder = try await StandInMember(Name("web-1"), at: bench.listen.address)
      let server = bench.again(at: holder.endpoint)
      let zone = try bench.zone(["web": ["127.77.0.2"]])
      let problem = await #expect(throws: Problem.self) { try await server.publish(zone) }
      #expect(problem?.code == .inUse)
      let own = ProcessInfo.processInfo.processIdentifier
      #expect(problem?.message.contains("process \(own)") == true)
      let seen = await server.inspect()
      #expect(seen.endpoint == nil && seen.problem?.code == .inUse)
      await holder.kill()
      try await server.publish(zone)
      let found = await server.inspect()
      #expect(found.endpoint == holder.endpoint && found.problem == nil)
    }
  }

  @Test func aStrangersNameServerIsLeftAlone() async throws {
    try await NameBench.use { stranger in
      try await stranger.server.publish(try stranger.zone(["web": ["127.77.0.2"]]))
      try await NameBench.use { bench in
        let server = bench.again(at: stranger.listen)
        let zone = try bench.zone([:])
        let problem = await #expect(throws: Problem.self) { try await server.publish(zone) }
        #expect(problem?.message.contains("(dnsmasq)") == true)
        try await server.close()
      }
      #expect(try stranger.addresses(of: "web.covey") == ["127.77.0.2"])
    }
  }

  @Test func withoutAnAddressTheFirstFreePortIsTakenAndKept() async throws {
    try await NameBench.use { bench in
      let first = DnsmasqServer(place: bench.unprescribed())
      let zone = try bench.zone(["web": ["127.77.0.2"]])
      try await first.publish(zone)
      let chosen = try #require(await first.inspect().endpoint)
      #expect(chosen.address == DnsmasqPlace.usualAddress)
      #expect(bench.ports.contains(chosen.port))
      for process in try bench.processes() { kill(process, SIGKILL) }
      // One that is dying is still seen for a moment.
      try await eventually("it is gone") { try bench.processes().isEmpty }
      let next = DnsmasqServer(place: bench.unprescribed())
      try await next.publish(zone)
      #expect(await next.inspect().endpoint == chosen)
    }
  }

  @Test func aPortThatAnotherWasQuickerToTakeIsFollowedByTheNext() async throws {
    try await NameBench.use { bench in
      // It is told twice that its port is another's, who came after covey had looked.
      let late = "\(bench.folder)/late"
      try FileManager.default.createDirectory(
        atPath: bench.folder, withIntermediateDirectories: true)
      let script = """
        #!/bin/sh
        echo "$@" >>"$0.calls"
        [ $(wc -l <"$0.calls") -lt 3 ] || exec /usr/sbin/dnsmasq "$@"
        echo 'dnsmasq: failed to create listening socket for 127.0.0.1: Address already in use' >&2
        exit 2
        """
      try Data(script.utf8).write(to: URL(fileURLWithPath: late))
      chmod(late, 0o700)
      let server = DnsmasqServer(place: bench.unprescribed(program: late))
      try await server.publish(try bench.zone(["web": ["127.77.0.2"]]))
      let calls = try String(contentsOfFile: "\(late).calls", encoding: .utf8)
      let ports = calls.split(separator: " ").filter { $0.hasPrefix("--port=") }
      #expect(Set(ports).count == 3)
      let chosen = try #require(await server.inspect().endpoint)
      #expect(ports.last == "--port=\(chosen.port)")
    }
  }

  @Test func withoutTheProgramTheProblemSaysWhatToInstall() async throws {
    try await NameBench.use { bench in
      let server = DnsmasqServer(
        folder: bench.folder, domain: bench.domain, listen: bench.listen, program: "/nowhere")
      let zone = try bench.zone([:])
      let problem = await #expect(throws: Problem.self) { try await server.publish(zone) }
      #expect(problem?.hint.contains("dnsmasq-base") == true)
      #expect(await server.inspect().problem == problem)
    }
  }
}
