import Covey
import CoveyEngine
import Support
import Testing

struct PlacesTests {
  private let db = Samples.name("db")
  private let home = "/var/lib/covey/guests"

  @Test func placesAreOursFirstAndThoseOfLibvirtUnlessOursHaveTheirNames() async throws {
    let (engine, disks) = try await furnished()
    await engine.world.has(places: [
      StoragePlace(name: Samples.name("vault"), folder: try FolderPath("/vault")),
      StoragePlace(name: Samples.name("fast"), folder: try FolderPath("/theirs")),
    ])
    let places = try await disks.places()
    #expect(places.map(\.name.text) == ["default", "fast", "slow", "vault"])
    #expect(places.map(\.keeper) == [.stateFolder, .covey, .covey, .libvirt])
    #expect(places[1].folder.text == "/srv/fast")
  }

  @Test func aDiskLiesInTheInnermostPlace() async throws {
    let (_, disks) = try await furnished()
    let places = try await disks.places()
    var guest = Samples.guest()
    #expect(DiskRequests.place(of: guest, among: places)?.name.text == "default")
    for (folder, name) in [
      ("/srv/fast/db", "fast"), ("/srv/fast/slow/db", "slow"), ("/elsewhere/db", nil),
    ] as [(String, String?)] {
      guest.disks.apply(.moved(to: folder), at: .zero)
      #expect(DiskRequests.place(of: guest, among: places)?.name.text == name, "\(folder)")
    }
  }

  @Test func aPlaceIsAPoolsNameOrAFoldersPath() async throws {
    let (_, disks) = try await furnished()
    for (place, folder) in [
      ("fast", "/srv/fast/db"), ("/srv/fast/", "/srv/fast/db"), ("/x/./y", "/x/y/db"),
    ] {
      #expect(try await disks.survey(db, to: place).folder == folder)
    }
  }

  @Test func whatCannotBeIsRefusedBeforeTheHostIsLookedAt() async throws {
    let (engine, disks) = try await furnished()
    for (place, code) in [
      ("fats", Problem.Code.notFound), ("Fast", .invalid), ("/srv/../etc", .invalid),
      ("default", .invalid), (home, .invalid), ("../x", .invalid),
    ] {
      let found = await problem { _ = try await disks.move(db, to: place, rate: nil) }
      #expect(found?.code == code, "\(place): \(String(describing: found))")
    }
    let slow = await problem {
      _ = try await disks.move(db, to: "fast", rate: ByteCount(bytes: 1))
    }
    #expect(slow?.code == .invalid)
    #expect(
      await problem { _ = try await disks.survey(Samples.name("x"), to: "fast") }?.code == .notFound
    )
    #expect(await !engine.world.calls.contains { $0.hasPrefix("survey") })
  }

  @Test func aMoveIsOneOperationAtATime() async throws {
    let (_, disks) = try await furnished()
    guard case .began(let operation) = try await disks.move(db, to: "fast", rate: nil) else {
      Issue.record("it does not begin")
      return
    }
    #expect(operation.verb == "move")
    #expect(
      await problem { _ = try await disks.move(db, to: "slow", rate: nil) }?.code == .conflict)
    // The pool that it goes to is in use, and the other one is not.
    #expect(await problem { try await disks.deletePool(Samples.name("fast")) }?.code == .inUse)
    try await disks.deletePool(Samples.name("slow"))
  }

  @Test func aFolderThatCannotHoldDisksBecomesNoPool() async throws {
    let (engine, disks) = try await furnished()
    let fault = Problem(.invalid, subject: "test", "it is a file", hint: "none")
    await engine.world.fail("checkPlace", with: fault)
    let bad = Samples.name("bad")
    #expect(await problem { try await disks.createPool(bad, at: FolderPath("/bad")) } == fault)
    #expect(await engine.ledger.inventory.pools[bad] == nil)
    await engine.world.succeed("checkPlace")
    try await disks.createPool(bad, at: FolderPath("/bad"))
    #expect(await engine.ledger.inventory.pools[bad]?.path == "/bad")
  }

  /// The recording world's disks have 64 MiB.
  @Test func aSizeIsMadeOfWholeMebibytes() async throws {
    let (_, disks) = try await furnished()
    let odd = ByteCount(bytes: (100 << 20) + 1)
    guard case .began(let operation) = try await disks.resize(db, to: odd) else {
      Issue.record("it does not begin")
      return
    }
    #expect(operation.steps.first == .resizeDisk(to: .mebibytes(101)))
    let found = await problem { _ = try await disks.resize(Samples.name("x"), to: odd) }
    #expect(found?.code == .notFound)
  }

  @Test func aDiskDoesNotShrink() async throws {
    let (_, disks) = try await furnished()
    let found = await problem { _ = try await disks.resize(db, to: .mebibytes(63)) }
    #expect(found?.code == .invalid && found?.message.contains("cannot shrink") == true)
  }

  /// With the guest `db`, and the pools `fast` and, in it, `slow`.
  private func furnished() async throws -> (Engine, DiskRequests) {
    let engine = try Engine(store: MemoryStore())
    try await engine.ledger.record([
      .templateSealed(Samples.template()), .guestAdopted(Samples.guest("db")),
      .poolCreated(Pool(name: Samples.name("fast"), path: "/srv/fast", created: .zero)),
      .poolCreated(Pool(name: Samples.name("slow"), path: "/srv/fast/slow", created: .zero)),
    ])
    return (engine, DiskRequests(ledger: engine.ledger, ports: engine.ports, home: home))
  }

  private func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
      try await body()
      return nil
    } catch { return error as? Problem }
  }
}
