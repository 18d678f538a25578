import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct Forks {
    @Test func fiftyForksAreFiftyMachinesOnOneSealedMemory() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let sealed = try daemon.digests(below: "warm")
        #expect(sealed.count == 4, "memory, state, disk and their description")
        let names = (1...50).map { "f\($0)" }
        for name in names {
          try await daemon.does("launch \(name) --template tiny-web --disk ephemeral --no-wait")
        }
        for name in names { try await daemon.does("wait \(name) --for running --timeout 180s") }
        let guests = try await daemon.client.get(Routes.guests, as: ListView<GuestView>.self).items
        #expect(guests.count == 50)
        #expect(guests.filter { $0.start != "fork" }.map(\.name) == [])
        let pages = try await names.asyncMap { try await daemon.who($0) }
        #expect(pages.map(\.hostname) == names)
        #expect(Set(pages.map(\.machineID)).count == 50)
        #expect(Set(pages.map(\.mac)).count == 50)
        #expect(Set(pages.map(\.random)).count == 50)
        #expect(pages.filter { abs($0.clockError) > 3 }.map(\.hostname) == [])
        #expect(try daemon.digests(below: "warm") == sealed)

        let shared = try await daemon.memory(of: "f50")
        #expect(shared < 100 << 20, "a fork holds little of its own")
        try await daemon.does("delete \(names.joined(separator: " ")) --force")
        #expect(daemon.machines == [])
        #expect(daemon.files(below: "guests") == [])
        #expect(try daemon.digests(below: "warm") == sealed)
      }
    }

    @Test func aForkThatWasStoppedBootsFromItsOwnDisk() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let said = try await daemon.does("launch one --template tiny-web")
        #expect(said.contains("forked"))
        let fork = try await daemon.who("one")
        #expect(try await daemon.note(of: "one", write: "kept").status == 200)
        let definition = try #require(
          FileManager.default.contents(atPath: "\(daemon.state)/libvirt/etc/qemu/one.xml"))
        for word in ["incoming", "memory-backend", "covey.ram"] {
          #expect(!String(decoding: definition, as: UTF8.self).contains(word))
        }
        // Nothing of the set is needed any more.
        try await daemon.does("template cool tiny-web")
        #expect(daemon.files(below: "warm") == [])
        #expect(try await daemon.note(of: "one").body == "kept\n")

        try await daemon.does("stop one")
        try await daemon.does("start one")
        #expect(try await daemon.guest("one").start == "boot")
        #expect(try await daemon.note(of: "one").body == "kept\n")
        let booted = try await daemon.who("one")
        #expect(booted.hostname == fork.hostname)
        #expect(booted.machineID == fork.machineID)
        #expect(booted.mac == fork.mac)
      }
    }

    @Test func bootIsThereForWhoWantsIt() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does("launch one --template tiny-web --boot")
        #expect(try await daemon.guest("one").start == "boot")
        // A guest of another size has no warm set.
        let said = try await daemon.does("launch two --template tiny-web --memory 160MiB")
        #expect(try await daemon.guest("two").start == "boot")
        #expect(said.contains("covey template warm tiny-web --cpus 1 --memory 160MiB"))
        let again = try await daemon.does("template warm tiny-web")
        #expect(again.contains("already"))
        try await daemon.does("template warm tiny-web --memory 160MiB")
        try await daemon.does("launch three --template tiny-web --memory 160MiB")
        #expect(try await daemon.guest("three").start == "fork")
        let template = try await daemon.shows("template info tiny-web", as: TemplateView.self)
        #expect(template.warm?.map(\.memory) == [128 << 20, 160 << 20])
        #expect(template.warm?.allSatisfy { $0.memoryUsed > 20 << 20 } == true)
      }
    }

    @Test func aWarmTemplateStaysWarmInItsNextVersion() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        let old = try #require(try await daemon.warmSet())
        let next = "\(daemon.state)/next"
        try FileManager.default.copyItem(atPath: Binaries.tinyWeb, toPath: next)
        try Data("another\n".utf8).write(to: URL(filePath: "\(next)/root/www/index.html"))
        try await daemon.does("template build \(next)")
        try await daemon.eventually("the new version is warm") {
          let newest = try await daemon.shows("template info tiny-web", as: TemplateView.self)
          return newest.warm?.map(\.state) == ["ready"] && newest.warm?.first?.id != old.id
        }
        try await daemon.does("launch one --template tiny-web")
        #expect(try await daemon.guest("one").start == "fork")
        #expect(try await daemon.page("/", of: "one").body == "another\n")
        let sets = try FileManager.default.contentsOfDirectory(atPath: "\(daemon.state)/warm")
        #expect(sets.count == 1, "the set of the older version is gone")
      }
    }

    @Test func aGroupWakesItsStandbyAndRefillsThePool() async throws {
      try await Daemon.use { daemon in
        try await daemon.does("template warm tiny-web")
        try await daemon.does(
          "group create web --listen \(daemon.listen) --template tiny-web --max 3 --standby 1")
        try await daemon.eventually("one waits") { try await daemon.group("web").waiting == 1 }
        #expect(try await daemon.does("list").contains("web-2  standby"))
        // Longer than its clock may be wrong afterwards.
        try await daemon.eventually("it takes 50 ms in 5 s at most") {
          let used = try daemon.processorTicks(of: "web-2")
          try await Task.sleep(for: .seconds(5))
          return try daemon.processorTicks(of: "web-2") - used <= 5
        }

        try await daemon.does("group scale web 2")
        #expect(try await daemon.guest("web-2").start == "standby")
        let pages = try await (0..<4).asyncMap { _ in
          try await Page.get("/name", at: daemon.listen).body
        }
        #expect(Set(pages) == ["web-1\n", "web-2\n"])
        #expect(abs(try await daemon.who("web-2").clockError) <= 3)
        try await daemon.eventually("the pool is full") {
          let group = try await daemon.group("web")
          return group.waiting == 1 && group.size == 3
        }
        // At its maximum the group has no room for a standby.
        try await daemon.does("group scale web 3")
        try await daemon.settles("web", at: 3)
        #expect(try await daemon.group("web").waiting == 0)
        try await daemon.does("group delete web")
        #expect(daemon.machines == [])
      }
    }
  }
}
