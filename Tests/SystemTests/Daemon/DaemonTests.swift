import CoveyWire
import Foundation
import Subprocess
import Testing

extension WholeSystem {
  @Suite struct Coveyd {
    @Test func aSecondOneOnTheSameStateIsRefused() async throws {
      try await Daemon.use { daemon in
        let said = try await coveyd(daemon.arguments + ["--socket", "\(daemon.state)/other.sock"])
        #expect(said.status == 1)
        #expect(said.err.contains("process \(daemon.pid)"), "\(said.err)")
        #expect(said.err.contains("in-use"))
        #expect(try await daemon.does("list -q") == "", "the first answers on")
      }
    }

    @Test func checkTellsAboutTheHostWithoutServing() async throws {
      try await Daemon.unstarted { daemon in
        let said = try await coveyd(daemon.arguments + ["--check"])
        #expect(said.status == 0, "\(said.err)")
        let report = try JSONDecoder().decode(DoctorView.self, from: Data(said.out.utf8))
        #expect(["kvm", "tcg"].contains(report.accelerator))
        #expect(report.acceleratorSettled, "what the template's build found is remembered")
        #expect(report.problems.filter { $0.severity == "error" } == [])
        #expect(!FileManager.default.fileExists(atPath: daemon.client.socket))
      }
    }

    @Test func doctorTellsTheSameOfARunningOne() async throws {
      try await Daemon.use { daemon in
        let report = try await daemon.shows("doctor", as: DoctorView.self)
        #expect(report.state == daemon.state)
        #expect(report.connect == "qemu:///embed?root=\(daemon.state)/libvirt")
        #expect(report.problems.filter { $0.severity == "error" } == [])
        #expect(try await daemon.does("doctor").contains(report.accelerator))
      }
    }

    @Test func itRunsOnLibvirtsTestDriver() async throws {
      try await Daemon.use(["--connect", "test:///default"]) { daemon in
        try await daemon.does("launch one --template tiny-web")
        let list = try await daemon.shows("list", as: ListView<GuestView>.self)
        #expect(list.items.map { "\($0.name) \($0.state)" } == ["one running"])
        #expect(try await daemon.shows("doctor", as: DoctorView.self).connect == "test:///default")
        try await daemon.does("stop one --force")
        try await daemon.does("delete one")
        #expect(try await daemon.does("list -q") == "")
      }
    }

    @Test func settingsComeFromFlagThenEnvironmentThenFile() async throws {
      try await Daemon.unstarted { daemon in
        let file = "\(daemon.state)/covey.yaml"
        try Data("connect: test:///default\nnetwork: 10.0.0.1\n".utf8).write(
          to: URL(filePath: file))
        let arguments = ["--state", daemon.state, "--config", file, "--check"]
        let wrong = try await coveyd(arguments)
        #expect(wrong.status == 64)
        #expect(wrong.err.contains("10.0.0.1 is not a loopback address"))
        let right = try await coveyd(arguments, ["COVEY_NETWORK": daemon.network])
        #expect(right.status == 0, "\(right.err)")
        #expect(right.out.contains("test:///default"))
        let flag = try await coveyd(
          arguments + ["--network", "192.0.2.0"], ["COVEY_NETWORK": daemon.network])
        #expect(flag.status == 64)
      }
    }

    @Test func anUnknownKeyOfItsFileIsNamed() async throws {
      try await Daemon.unstarted { daemon in
        let file = "\(daemon.state)/covey.yaml"
        try Data("sokcet: /tmp/x.sock\n".utf8).write(to: URL(filePath: file))
        let said = try await coveyd(daemon.arguments + ["--config", file])
        #expect(said.status == 64)
        #expect(said.err.contains("unknown key \"sokcet\""), "\(said.err)")
        #expect(said.err.contains("socket"), "known keys are listed")
      }
    }

    @Test func aStatePathThatIsTooLongForSocketsIsRefused() async throws {
      let long = "/tmp/cvs-\(getpid())-" + String(repeating: "x", count: 80)
      let said = try await coveyd(["--state", long])
      #expect(said.status == 64)
      #expect(said.err.contains("too long"), "\(said.err)")
      #expect(said.err.contains("hint: use a shorter --state"))
      #expect(!FileManager.default.fileExists(atPath: long))
    }

    private func coveyd(_ arguments: [String], _ environment: [Environment.Key: String] = [:])
      async throws -> Said
    {
      let result = try await Subprocess.run(
        .path(.init(Binaries.coveyd)), arguments: Arguments(arguments),
        environment: .inherit.updating(environment), output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 20))
      guard case .exited(let status) = result.terminationStatus else {
        throw Unexpected("coveyd was ended by a signal")
      }
      return Said(status: status, out: result.standardOutput, err: result.standardError)
    }
  }
}
