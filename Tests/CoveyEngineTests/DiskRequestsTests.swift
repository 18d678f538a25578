import Covey
import CoveyEngine
import Support
import Testing

struct DiskRequestsTests {
  let fast = Samples.name("fast")

  private func requests(_ engine: Engine) -> DiskRequests {
    DiskRequests(ledger: engine.ledger, ports: engine.ports, home: "/srv/covey/guests")
  }

  @Test(arguments: ["/srv/covey/guests", "/srv/fast"])
  func aFolderThatIsAPlaceIsNoSecondOneByAnotherName(_ folder: String) async throws {
    let engine = try Engine(store: MemoryStore())
    let disks = requests(engine)
    try await disks.createPool(fast, at: FolderPath("/srv/fast"))
    await engine.world.alias(folder, "/mnt/bound")
    for name in [folder, "/mnt/bound"] {
      let found = await #expect(throws: Problem.self) {
        try await disks.createPool(Samples.name("other"), at: FolderPath(name))
      }
      #expect(found?.code == .exists, "\(name)")
    }
    #expect(await engine.ledger.inventory.pools.count == 1)
  }

  @Test func aPlaceSaysWhatItsDisksTakeAndMayGrowTo() async throws {
    let engine = try Engine(store: MemoryStore())
    let disks = requests(engine)
    try await disks.createPool(fast, at: FolderPath("/srv/fast"))
    for name in ["b", "a", "c"] {
      try await engine.ledger.record([.guestAdopted(Samples.guest(name))])
    }
    for name in ["a", "b"] {
      let moved = DiskChange.moved(to: "/srv/fast/\(name)")
      try await engine.ledger.record([.diskChanged(Samples.name(name), moved)])
    }
    let uses = try await disks.placesInUse()
    #expect(uses.map(\.place.name.text) == ["default", "fast"])
    #expect(uses.map { $0.guests.map(\.text) } == [["c"], ["a", "b"]])
    #expect(uses.map(\.provisioned) == [.mebibytes(64), .mebibytes(128)])
  }
}
