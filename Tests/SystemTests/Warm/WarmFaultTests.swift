import CoveyWire
import Foundation
import Subprocess
import Testing

extension WholeSystem {
  @Suite struct WarmFaults {
    /// Memory cut short, memory altered, and the state of another set.
    @Test(arguments: ["truncated", "altered", "other state"])
    func aDamagedSetIsNeverResumedAndMadeAnew(_ damage: String) async throws {
      try await Daemon.use { daemon in
        var otherState = Data()
        if damage == "other state" {
          try await daemon.does("template warm tiny-web --memory 160MiB")
          let other = try #require(try await daemon.warmSet())
          otherState = try Data(contentsOf: URL(filePath: "\(daemon.state)/warm/\(other.id)/state"))
          try await daemon.does("template cool tiny-web")
        }
        try await daemon.does("template warm tiny-web")
        let old = try #require(try await daemon.warmSet())
        let folder = "\(daemon.state)/warm/\(old.id)"
        switch damage {
        case "truncated": #expect(truncate("\(folder)/memory", 1 << 20) == 0)
        case "altered":
          let file = try FileHandle(forUpdating: URL(filePath: "\(folder)/memory"))
          try file.seek(toOffset: 50 << 20)
          try file.write(contentsOf: Data("altered".utf8))
          try file.close()
        default:
          chmod("\(folder)/state", 0o600)
          try otherState.write(to: URL(filePath: "\(folder)/state"))
        }
        let said = try await daemon.does("launch one --template tiny-web")
        #expect(said.contains("it was booted: the sealed file"))
        #expect(try await daemon.guest("one").start == "boot")
        try await daemon.eventually("a new set is there") {
          let set = try await daemon.warmSet()
          return set?.state == "ready" && set?.id != old.id
        }
        try await daemon.does("launch two --template tiny-web")
        #expect(try await daemon.guest("two").start == "fork")
        #expect(daemon.files(below: "warm").filter { $0.contains(old.id) } == [])
      }
    }

    @Test func aSetOfAnotherQEMUIsMadeAnewBeforeAnybodyForksIt() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let old = try #require(try await daemon.warmSet())
        try await daemon.stop()
        // As it would stand there after an upgrade in between.
        let code =
          "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(\"update warmSets set body="
          + "json_set(body,'$.fingerprint.qemu','7.1.0 of before')\"); d.commit()"
        let edited = try await Subprocess.run(
          .name("python3"), arguments: ["-c", code, "\(daemon.state)/covey.sqlite"],
          output: .discarded, error: .string(limit: 1 << 16))
        try #require(edited.terminationStatus.isSuccess, "\(edited.standardError)")
        try await daemon.start()
        try await daemon.eventually("a new set is there") {
          let set = try await daemon.warmSet()
          return set?.state == "ready" && set?.created != old.created
        }
        let events = try await daemon.client.get(
          Routes.events, ["after": "0", "limit": "1000"], as: ListView<EventView>.self)
        let refusals = events.items.filter { $0.kind == "warmSetRefused" }
        #expect(refusals.count == 1)
        #expect(refusals.first?.message.contains("QEMU 7.1.0 of before -> ") == true)
        try await daemon.does("launch one --template tiny-web")
        #expect(try await daemon.guest("one").start == "fork")
      }
    }

    @Test func aForkThatTheDaemonDiedInEndsWholeOrLeavesNothing() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        for (number, milliseconds) in [0, 30, 80, 150, 300].enumerated() {
          let name = "one-\(number)"
          try await daemon.does("launch \(name) --template tiny-web --no-wait")
          try await Task.sleep(for: .milliseconds(milliseconds))
          try await daemon.kill9()
          try await daemon.start()
          try await daemon.does("wait \(name) --for running --timeout 120s")
          #expect(try await daemon.who(name).hostname == name)
          #expect(daemon.machines.count == 1)
          try await daemon.does("delete \(name) --force")
          #expect(daemon.machines == [])
          #expect(daemon.files(below: "guests") == [])
        }
      }
    }

    @Test func aForkWhoseMachineIsKilledOnTheWayIsBooted() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does("launch one --template tiny-web --no-wait")
        try await daemon.eventually("its machine is there") {
          guard let machine = try? daemon.machine(of: "one") else { return false }
          kill(machine, SIGKILL)
          return true
        }
        try await daemon.does("wait one --for running --timeout 120s")
        #expect(try await daemon.who("one").hostname == "one")
        #expect(daemon.machines.count == 1)
        try await daemon.does("delete one --force")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    @Test func aDaemonThatDiesWhileItMakesASetLeavesNothingBehind() async throws {
      try await Daemon.use { daemon in
        for stage in ["waiting for its health check", "letting it serve", "sealing"] {
          try await daemon.does("template warm tiny-web --no-wait")
          try await daemon.eventually("it is \(stage)") {
            let jobs = try await daemon.client.get(
              Routes.operations, as: ListView<OperationView>.self)
            return jobs.items.contains {
              $0.verb == "warm" && ($0.stage.contains(stage) || $0.isOver)
            }
          }
          try await daemon.kill9()
          try await daemon.start()
          try await daemon.eventually("nothing is left") {
            // A set that was sealed in time is whole and stays.
            let known = try await daemon.warmSet()?.id
            return Processes.running(with: "\(daemon.state)/warm/").isEmpty
              && daemon.files(below: "warm").allSatisfy { $0.hasPrefix("warm/\(known ?? "none")") }
          }
          try await daemon.does("template cool tiny-web")
          #expect(daemon.files(below: "warm") == [])
        }
        try await daemon.does("template warm tiny-web")
        try await daemon.does("launch one --template tiny-web")
        #expect(try await daemon.guest("one").start == "fork")
      }
    }
  }
}
