import CoveyWire
import Testing

@testable import covey

struct DiskTextTests {
  private func snapshot(
    _ name: String, on parent: String? = nil, memory: Int64? = nil, current: Bool = false
  ) -> SnapshotView {
    SnapshotView(
      name: name, guest: "one", parent: parent, created: Samples.began,
      consistency: memory == nil ? "crash" : "memory", note: name == "a" ? "first" : nil,
      size: 1 << 20, memory: memory, current: current)
  }

  private func list(_ items: [SnapshotView], shared: Int64 = 0) -> SnapshotListView {
    SnapshotListView(revision: 1, items: items, unsaved: 2 << 20, shared: shared)
  }

  @Test func snapshotsAreATreeWithThePresentStateInItsPlace() {
    let tree = list([
      snapshot("a"), snapshot("b", on: "a", memory: 64 << 20), snapshot("left-1", on: "b"),
      snapshot("c", on: "a", current: true), snapshot("other"),
    ])
    #expect(
      SnapshotText.tree(tree, of: "one", .plain) == """
        NAME          TAKEN                    CONSISTENCY  SIZE  MEMORY  NOTE
        a             2026-11-22 12:00:00 UTC  crash        1MiB       -  first
        ├─ b          2026-11-22 12:00:00 UTC  memory       1MiB   64MiB
        │  └─ left-1  2026-11-22 12:00:00 UTC  crash        1MiB       -
        └─ c          2026-11-22 12:00:00 UTC  crash        1MiB       -
           └─ (now)                                         2MiB
        other         2026-11-22 12:00:00 UTC  crash        1MiB       -

        """)
  }

  @Test func whatSeveralShareIsSaidOnce() {
    let text = SnapshotText.tree(list([snapshot("a")], shared: 3 << 20), of: "one", .plain)
    #expect(text.hasSuffix("3MiB more are shared by several of them\n"))
    #expect(SnapshotText.tree(list([]), of: "one", .plain).contains("covey snapshot create one"))
  }

  @Test func outcomesAreSentences() {
    var done = OperationView(
      id: "o", verb: "snapshot", subject: "guest one", status: "done", stage: "done", began: "",
      elapsed: 2, revision: 1)
    #expect(
      SnapshotText.taken(snapshot("a"), after: done)
        == "snapshot a of one taken after 2s, consistency: crash\n")
    #expect(SnapshotText.restored("a", done) == "guest one is back at a after 2s\n")
    done.snapshot = "left-1"
    #expect(SnapshotText.restored("a", done).hasSuffix("; what it had is kept as left-1\n"))
    let difference = DifferenceView(
      guest: "one", from: "a", to: nil, changed: 1 << 20, disk: 64 << 20)
    #expect(SnapshotText.difference(difference) == "1MiB of 64MiB changed between a and now\n")
  }

  private var disk: DiskView {
    DiskView(
      guest: "one", disk: "vda", mode: "persistent", size: 64 << 20, used: 3 << 20, pool: nil,
      folder: "/srv/x/one", snapshots: 1, template: "tiny-web",
      templateDigest: "0123456789abcdef0123")
  }

  @Test func disksAreATableWithTheirPlaces() {
    var gone = disk
    (gone.guest, gone.size, gone.pool) = ("two", nil, "fast")
    let lines = DiskText.list([disk, gone], .plain).split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(
      lines[1] == [
        "one", "vda", "persistent", "64MiB", "3MiB", "1", "/srv/x/one", "tiny-web", "0123456789ab",
      ])
    #expect(lines[2][3] == "-" && lines[2][6] == "fast")
    #expect(DiskText.list([], .plain).contains("covey launch"))
  }

  @Test func anInfoShowsTheLayersAndWhatTheyStandOn() {
    var disk = disk
    disk.layers = [
      layer(2, on: 0, active: true), layer(1, on: 0), layer(0, on: nil, snapshot: "a"),
    ]
    let text = DiskText.info(disk, .plain)
    let words = text.split(separator: "\n").suffix(3).map { $0.split(separator: " ").prefix(4) }
    #expect(words[0] == ["2", "0", "1MiB", "active"])
    #expect(words[1] == ["1", "0", "1MiB", "shared"])
    #expect(words[2] == ["0", "template", "1MiB", "a"])
    disk.size = nil
    #expect(DiskText.info(disk, .plain).contains("its file is not there"))
  }

  private func layer(_ number: Int, on below: Int?, snapshot: String? = nil, active: Bool = false)
    -> DiskView.LayerView
  {
    DiskView.LayerView(
      number: number, file: "/srv/x/one/disk.\(number).qcow2", below: below, snapshot: snapshot,
      used: 1 << 20, active: active)
  }

  @Test func aPoolThatIsNotThereSaysSo() {
    let pool = PoolView(
      name: "fast", path: "/srv/fast", keeper: "covey", capacity: nil, free: nil, used: 1 << 20,
      provisioned: 64 << 20, guests: ["one", "two"])
    let words = PoolText.list([pool], .plain).split(separator: "\n")[1].split(separator: " ")
    #expect(words == ["fast", "covey", "-", "-", "1MiB", "64MiB", "2", "/srv/fast"])
    let info = PoolText.info(pool, .plain)
    #expect(info.contains("not there") && info.contains("one two"))
  }
}
