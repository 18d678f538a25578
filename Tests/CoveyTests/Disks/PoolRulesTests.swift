import Covey
import Support
import Testing

struct PoolRulesTests {
  private let home = "/var/lib/covey/guests"
  private let fast = Samples.name("fast")

  @Test func aFolderGetsOneNameAndANameOneFolder() throws {
    let taken = try inventory(with: "/srv/fast")
    let folder = try FolderPath("/srv/other")
    #expect(refusal(.create(folder), fast, in: taken) == .poolExists(fast))
    #expect(
      refusal(.create(folder), Samples.name(Pool.home), in: taken)
        == .poolExists(Samples.name(Pool.home)))
    let again = Samples.name("again")
    #expect(
      refusal(.create(try FolderPath("/srv/./fast/")), again, in: taken)
        == .poolThere("/srv/fast", pool: fast))
    #expect(
      refusal(.create(try FolderPath(home)), again, in: taken)
        == .poolThere(home, pool: Samples.name(Pool.home)))
    guard case .proceed(let events) = decide(.create(folder), again, in: taken) else {
      Issue.record("it is refused")
      return
    }
    #expect(events == [.poolCreated(Pool(name: again, path: "/srv/other", created: .zero))])
  }

  @Test func aPoolWithDisksStays() throws {
    var inventory = try inventory(with: "/srv/fast")
    var guest = Samples.guest()
    guest.disks.apply(.moved(to: "/srv/fast/db"), at: .zero)
    inventory.guests[guest.name] = guest
    #expect(refusal(.delete, fast, in: inventory) == .poolInUse(fast, guests: [guest.name]))
    // A folder whose name begins alike is another one.
    guest.disks.apply(.moved(to: "/srv/faster/db"), at: .zero)
    inventory.guests[guest.name] = guest
    #expect(refusal(.delete, fast, in: inventory) == nil)
  }

  @Test func aPoolStaysThatADiskIsOnItsWayTo() throws {
    var inventory = try inventory(with: "/srv/fast")
    let guest = Samples.guest()
    inventory.guests[guest.name] = guest
    let request = try MoveRequest(folder: "/srv/fast/db")
    guard case .proceed(let plan) = guest.decide(.moveDisk(request), in: inventory) else {
      Issue.record("the move is refused")
      return
    }
    inventory.operations["o1"] = Operation(
      id: "o1", verb: "move", guest: guest.name, group: nil, plan: plan, began: .zero)
    #expect(refusal(.delete, fast, in: inventory) == .poolInUse(fast, guests: [guest.name]))
  }

  @Test func anUnknownPoolIsRefusedWithTheNearestName() throws {
    let typo = Samples.name("fasst")
    #expect(
      refusal(.delete, typo, in: try inventory(with: "/srv/fast"))
        == .noSuchPool(typo, nearest: fast))
  }

  @Test(arguments: ["", "srv", "./srv", "~/srv", "/srv/..", "/../etc", "/srv/../etc/x", "/a\nb"])
  func aPathThatLeadsElsewhereIsRefused(_ text: String) {
    #expect(throws: Refusal.self) { try FolderPath(text) }
  }

  @Test(arguments: [
    ("/", "/"), ("/srv", "/srv"), ("/srv/", "/srv"), ("//srv///a", "/srv/a"), ("/./srv/.", "/srv"),
    ("/a..b/...", "/a..b/..."),
  ])
  func aPathIsWrittenOneWayOnly(_ text: String, _ path: String) throws {
    #expect(try FolderPath(text).text == path)
  }

  @Test func aPathLeavesRoomForNames() throws {
    let long = "/" + String(repeating: "x", count: FolderPath.longest - 1)
    #expect(try FolderPath(long).text == long)
    #expect(throws: Refusal.self) { try FolderPath(long + "x") }
    #expect(try FolderPath("/").appending(fast) == "/fast")
    #expect(try FolderPath("/").contains("/x") && FolderPath("/a").contains("/a/b"))
    #expect(try !FolderPath("/a").contains("/ab"))
  }

  @Test func aDiskIsNotMovedToWhereItLies() throws {
    var guest = Samples.guest()
    let home = try MoveRequest(folder: nil)
    #expect(
      guest.refusal(of: .moveDisk(home))
        == .diskLiesThere(guest.name, folder: "its own folder"))
    guest.disks.apply(.moved(to: "/srv/fast/db"), at: .zero)
    let there = try MoveRequest(folder: "/srv/fast/db")
    #expect(
      guest.refusal(of: .moveDisk(there)) == .diskLiesThere(guest.name, folder: "/srv/fast/db"))
    #expect(guest.refusal(of: .moveDisk(home)) == nil)
    #expect(throws: Refusal.self) { try MoveRequest(folder: nil, rate: ByteCount(bytes: 1000)) }
  }

  /// The mirror may have ended with the daemon.
  @Test func aTurnIsTakenUpWithItsMirror() throws {
    let guest = Samples.guest()
    let request = GuestRequest.moveDisk(try MoveRequest(folder: "/srv/fast/db"))
    guard case .proceed(let plan) = guest.decide(request, in: Inventory()) else {
      Issue.record("the move is refused")
      return
    }
    var operation = Operation(
      id: "o1", verb: "move", guest: guest.name, group: nil, plan: plan, began: .zero)
    let pivot = try #require(plan.steps.firstIndex(of: .pivot(to: "/srv/fast/db")))
    let mirror = plan.steps.firstIndex(of: .mirrorLayer(0, to: "/srv/fast/db", rate: nil))
    for cursor in plan.steps.indices {
      operation.cursor = cursor
      #expect(operation.takenUpAt == (cursor == pivot ? mirror : cursor))
    }
  }

  @Test func aDiskNeverShrinks() {
    let guest = Samples.guest()
    let (now, less) = (ByteCount.mebibytes(64), ByteCount.mebibytes(63))
    #expect(
      guest.refusal(of: .resizeDisk(to: less, from: now))
        == .diskWouldShrink(guest.name, from: now, to: less))
    guard case .ignore = guest.decide(.resizeDisk(to: now, from: now), in: Inventory()) else {
      Issue.record("the same size is a change")
      return
    }
    #expect(guest.refusal(of: .resizeDisk(to: Guest.largestDisk, from: now)) == nil)
    let most = ByteCount(bytes: Guest.largestDisk.bytes + 1)
    #expect(guest.refusal(of: .resizeDisk(to: most, from: now)) != nil)
  }

  private func inventory(with path: String) throws -> Inventory {
    var inventory = Inventory()
    inventory.pools[fast] = Pool(name: fast, path: path, created: .zero)
    return inventory
  }

  private func decide(_ request: PoolRequest, _ name: Name, in inventory: Inventory)
    -> Decision<[Event]>
  {
    request.decide(name, in: inventory, home: home, at: .zero)
  }

  private func refusal(_ request: PoolRequest, _ name: Name, in inventory: Inventory) -> Refusal? {
    guard case .refuse(let refusal) = decide(request, name, in: inventory) else { return nil }
    return refusal
  }
}

extension Guest {
  fileprivate func refusal(of request: GuestRequest) -> Refusal? {
    guard case .refuse(let refusal) = decide(request, in: Inventory()) else { return nil }
    return refusal
  }
}
