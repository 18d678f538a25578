import Covey
import CoveyEngine
import CoveyStore
import Support
import Testing

/// One kind of store, and how a test gets an empty one in its folder.
struct StoreMaker: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable (_ folder: Folder) throws -> any Store

  static let all = [
    StoreMaker(testDescription: "SQLite") { try SQLiteStore(path: $0.path + "/covey.db") },
    StoreMaker(testDescription: "memory") { _ in MemoryStore() },
  ]
}

/// What the engine may expect of every store. Another store joins by a line in `StoreMaker.all`.
@Suite struct StoreContract {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test(arguments: StoreMaker.all)
  func anEmptyStoreHoldsNothing(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    let state = try store.load()
    #expect(state.inventory == Inventory())
    #expect(state.setAside.isEmpty)
    #expect(try store.events(after: 0, limit: 10).isEmpty)
    #expect(try store.rounds(of: Name("web"), limit: 10).isEmpty)
    #expect(try store.setting("accelerator") == nil)
  }

  @Test(arguments: StoreMaker.all)
  func everyRecordComesBackAsItWasSaved(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    let (template, guest) = (try Samples.template(), try Samples.guest())
    let (group, operation) = (try Samples.group(), try Samples.operation())
    try store.save(
      [try Samples.event(1)],
      [
        .putTemplate(template), .putGuest(guest), .putGroup(group), .putOperation(operation),
        .putBalancer(try Samples.balancer()),
      ])
    let inventory = try store.load().inventory
    #expect(inventory.templates == [template.digest: template])
    #expect(inventory.guests == [guest.name: guest])
    #expect(inventory.groups == [group.name: group])
    #expect(inventory.operations == [operation.id: operation])
    #expect(inventory.balancers == [try Name("front"): try Samples.balancer()])
  }

  @Test(arguments: StoreMaker.all)
  func aRecordPutAgainReplacesTheOldOne(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    var guest = try Samples.guest()
    try store.save([], [.putGuest(guest)])
    guest.state = .serving
    try store.save([], [.putGuest(guest)])
    #expect(try store.load().inventory.guests == [guest.name: guest])
  }

  @Test(arguments: StoreMaker.all)
  func removedRecordsAreGoneAndRemovingThemAgainSucceeds(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.save(
      [],
      [
        .putTemplate(try Samples.template()), .putGuest(try Samples.guest()),
        .putGroup(try Samples.group()), .putOperation(try Samples.operation()),
        .putBalancer(try Samples.balancer()),
      ])
    let removal: [RecordChange] = [
      .removeTemplate(digest: "ab12"), .removeGuest(try Name("web-1")),
      .removeGroup(try Name("web")), .removeOperation("0001"),
      .removeBalancer(try Name("front")),
    ]
    try store.save([], removal)
    try store.save([], removal)
    #expect(try store.load().inventory == Inventory())
  }

  @Test(arguments: StoreMaker.all)
  func changesOfOneSaveAreMadeInTheirOrder(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    let guest = try Samples.guest()
    try store.save([], [.putGuest(guest), .removeGuest(guest.name), .putGuest(guest)])
    #expect(try store.load().inventory.guests[guest.name] == guest)
  }

  @Test(arguments: StoreMaker.all)
  func theRevisionIsThatOfTheNewestEvent(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.save(try Samples.events(1...3), [])
    try store.save([], [.putGuest(try Samples.guest())])
    #expect(try store.load().inventory.revision == 3)
  }

  @Test(arguments: StoreMaker.all)
  func eventsThatAreNotNewerAreRefusedWithAllTheirChanges(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.save(try Samples.events(1...3), [])
    let problem = #expect(throws: Problem.self) {
      try store.save([try Samples.event(3)], [.putGuest(try Samples.guest())])
    }
    #expect(problem?.code == .conflict)
    #expect(try store.load().inventory.guests.isEmpty)
    #expect(try store.events(after: 0, limit: 10) == Samples.events(1...3))
  }

  @Test(arguments: StoreMaker.all)
  func eventsArePagedOldestFirstWithoutGapOrRepeat(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.save(try Samples.events(1...25), [])
    var read: [LoggedEvent] = []
    while let page = try Optional(store.events(after: read.last?.revision ?? 0, limit: 10)),
      !page.isEmpty
    {
      #expect(page.count <= 10)
      read += page
    }
    #expect(try read == Samples.events(1...25))
  }

  @Test(arguments: StoreMaker.all)
  func roundsComeNewestFirstAndEachGroupHasItsOwn(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    let (web, api) = (try Name("web"), try Name("api"))
    try store.save([try Samples.round(1), try Samples.round(2)], of: web)
    try store.save([try Samples.round(3)], of: api)
    try store.save([try Samples.round(4)], of: web)
    #expect(try store.rounds(of: web, limit: 2) == [Samples.round(4), Samples.round(2)])
    #expect(try store.rounds(of: api, limit: 2) == [Samples.round(3)])
  }

  @Test(arguments: StoreMaker.all)
  func aRemovedGroupTakesItsRoundsAlong(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.save([try Samples.round(1)], of: try Name("web"))
    try store.save([], [.removeGroup(try Name("web"))])
    #expect(try store.rounds(of: Name("web"), limit: 5).isEmpty)
  }

  @Test(arguments: StoreMaker.all)
  func aSettingKeepsItsLastValue(_ maker: StoreMaker) throws {
    let store = try maker.make(folder)
    try store.set("accelerator", to: "kvm")
    try store.set("accelerator", to: "tcg")
    #expect(try store.setting("accelerator") == "tcg")
  }
}
