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
}
