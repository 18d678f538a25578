import Covey
import Foundation
import Support
import Testing

struct DiskTreeTests {
  let base = Samples.name("base")

  @Test func aNewDiskIsOneLayerOnItsTemplate() {
    let tree = DiskTree()
    #expect(tree.layers == [0] && tree.chain(of: 0) == [0] && tree.current == nil)
  }

  @Test func aSnapshotFreezesTheActiveLayerAndAnotherTakesItsPlace() {
    var tree = DiskTree()
    tree.apply(.taken(Snapshot(name: base, layer: 0), turnedTo: 1), at: .zero)
    #expect(tree.active == 1 && tree.chain(of: 1) == [1, 0])
    #expect(tree.current?.name == base && tree.snapshot(base)?.layer == 0)
  }

  @Test func whatDoesNotFitTheTreeChangesNothing() {
    let tree = DiskTree()
    let strange: [DiskChange] = [
      .taken(Snapshot(name: base, layer: 7), turnedTo: 8), .restored(base, onto: 1, left: nil),
      .forgotten(base), .dropped(0), .dropped(9), .pulled(3, into: 4), .committed(0, into: 0),
      .taken(Snapshot(name: base, layer: 0), turnedTo: 0),
    ]
    for change in strange {
      var changed = tree
      changed.apply(change, at: .zero)
      #expect(changed == tree, "\(change)")
    }
  }

  @Test func numbersOfLayersAreNeverUsedAgain() {
    var tree = DiskTree()
    tree.apply(.taken(Snapshot(name: base, layer: 0), turnedTo: 1), at: .zero)
    tree.apply(.restored(base, onto: 2, left: nil), at: .zero)
    tree.apply(.dropped(1), at: .zero)
    #expect(tree.next == 3)
  }

  @Test func aPlaceThatADiskLeftIsRememberedUntilItIsCleared() {
    var tree = DiskTree()
    tree.apply(.moved(to: "/a/one"), at: .zero)
    tree.apply(.moved(to: "/b/one"), at: .zero)
    #expect(tree.left == [nil, "/a/one"] && tree.isUntidy)
    tree.apply(.cleared(nil), at: .zero)
    tree.apply(.moved(to: "/a/one"), at: .zero)
    #expect(tree.left == ["/b/one"])
    tree.apply(.cleared("/b/one"), at: .zero)
    #expect(tree.left == [] && !tree.isUntidy)
  }

  @Test func aTreeIsTheSameAfterItWasStored() throws {
    var tree = DiskTree()
    tree.apply(.taken(Snapshot(name: base, layer: 0, note: "n"), turnedTo: 1), at: .zero)
    tree.apply(.moved(to: "/srv/fast/one"), at: .zero)
    let stored = try JSONEncoder().encode(tree)
    #expect(try JSONDecoder().decode(DiskTree.self, from: stored) == tree)
  }

  @Test func aRecordFromBeforeLayersHasOneLayer() throws {
    var fields = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(Samples.guest())) as? [String: Any])
    fields["tree"] = nil
    let old = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(Guest.self, from: old).disks == DiskTree())
  }

  /// Random histories on files that are a dictionary each: every snapshot reads what it read when it was taken, the guest
  /// reads what it wrote last, and no file is there that the tree does not know.
  @Test(arguments: 0..<500)
  func everyStateStaysWhatItWasThroughARandomHistory(_ seed: Int) throws {
    var world = LayerWorld(seed: UInt64(seed))
    for _ in 0..<40 {
      try world.act()
      #expect(world.complaint == nil, "seed \(seed): \(world.history.joined(separator: "; "))")
      guard world.complaint == nil else { return }
    }
    world.startOver(running: false)
    try world.forgetAll()
    #expect(world.guest.disks.layers.count == 1, "seed \(seed)")
    #expect(world.complaint == nil, "seed \(seed): \(world.history.joined(separator: "; "))")
  }
}

/// A guest whose layers are dictionaries from block to content, beside a model that knows only what was written.
private struct LayerWorld {
  var guest = Samples.guest()
  private var random: SeededGenerator
  private var files: [Int: [Int: Int]] = [0: [:]]
  /// What the guest reads, and what it read when each snapshot was taken.
  private var now: [Int: Int] = [:]
  private var states: [Name: [Int: Int]] = [:]
  private var written = 0
  private(set) var history: [String] = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func startOver(running: Bool) { guest.state = running ? .running : .stopped }

  mutating func act() throws {
    for _ in 0..<3 { write() }
    let names = guest.disks.snapshots.map(\.name)
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1, 2: try ask(.snapshot(SnapshotRequest()))
    case 3, 4:
      guard let name = names.randomElement(using: &random) else { return }
      let discards = Bool.random(using: &random)
      try ask(.restore(RestoreRequest(snapshot: name, discards: discards)))
    case 5, 6:
      guard let name = names.randomElement(using: &random) else { return }
      try ask(.deleteSnapshot(name))
    default: startOver(running: !guest.state.hasMachine)
    }
  }

  mutating func forgetAll() throws {
    for name in guest.disks.snapshots.map(\.name) { try ask(.deleteSnapshot(name)) }
  }

  /// Why the layers do not say what was written; nil when they do.
  var complaint: String? {
    let tree = guest.disks
    if Set(files.keys) != Set(tree.layers) {
      return "files \(files.keys.sorted()), not \(tree.layers)"
    }
    if content(of: tree.active) != now { return "the guest reads something else" }
    let wrong = tree.snapshots.first { content(of: $0.layer) != states[$0.name] }
    return wrong.map { "snapshot \($0.name) is not what it was" }
  }

  private mutating func write() {
    written += 1
    let block = Int.random(in: 0..<8, using: &random)
    files[guest.disks.active]?[block] = written
    now[block] = written
  }

  private func content(of layer: Int) -> [Int: Int] {
    guest.disks.chain(of: layer).reversed().reduce(into: [:]) { content, layer in
      content.merge(files[layer] ?? [:]) { _, new in new }
    }
  }

  private mutating func ask(_ request: GuestRequest) throws {
    history.append("\(request)")
    guard case .proceed(let plan) = guest.decide(request, in: Samples.inventory(guests: [guest]))
    else { return }
    for step in plan.steps { perform(step) }
    if case .becomes(let state) = plan.ending { guest.state = state }
    states = states.filter { guest.disks.snapshot($0.key) != nil }
  }

  private mutating func perform(_ step: GuestAction) {
    switch step {
    case .addLayer(let layer, _): files[layer] = [:]
    case .takeSnapshot(let snapshot, let layer):
      states[snapshot.name] = now
      guest.disks.apply(.taken(snapshot, turnedTo: layer), at: .zero)
    case .note(let change):
      if case .restored(let name, _, let left) = change {
        if let left { states[left.name] = now }
        now = states[name] ?? [:]
      }
      guest.disks.apply(change, at: .zero)
    case .dropLayer(let layer):
      files[layer] = nil
      guest.disks.apply(.dropped(layer), at: .zero)
    case .pullLayer(let layer, let child):
      let lower = files.removeValue(forKey: layer) ?? [:]
      files[child]?.merge(lower) { own, _ in own }
      guest.disks.apply(.pulled(layer, into: child), at: .zero)
    case .commitLayer(let layer, let parent):
      let upper = files.removeValue(forKey: layer) ?? [:]
      files[parent]?.merge(upper) { _, new in new }
      guest.disks.apply(.committed(layer, into: parent), at: .zero)
    default: break
    }
  }
}
