import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct DiskRouteTests {
  @Test func poolsAreMadeListedAndForgotten() async throws {
    try await Office.furnished().open { counter in
      let body = PoolBody(name: "fast", path: "/srv/fast/")
      let made = try await counter.send(.post, "/v1/pools", body)
      #expect(made.status == 201)
      let pool = try made.read(InfoView<PoolView>.self).item
      #expect(pool.path == "/srv/fast" && pool.keeper == "covey")
      #expect(pool.capacity == 10 << 30 && pool.free == 4 << 30)
      let list: ListView<PoolView> = try await counter.get("/v1/pools")
      #expect(list.items.map(\.name) == ["default", "fast"])
      // Two guests of 64 MiB each lie in the state folder.
      #expect(list.items[0].guests == ["db", "web-1"] && list.items[0].provisioned == 128 << 20)
      _ = try await counter.send(.post, "/v1/pools", body).refusal(409, "exists")
      _ = try await counter.send(.post, "/v1/pools", PoolBody(name: "x", path: "/a/../b"))
        .refusal(400, "invalid")
      _ = try await counter.send(.post, "/v1/pools", PoolBody(name: "X", path: "/a"))
        .refusal(400, "invalid")
      _ = try await counter.send(.get, "/v1/pools/fats").refusal(404, "not-found")
      #expect(try await counter.send(.delete, "/v1/pools/fast").status == 200)
      _ = try await counter.send(.delete, "/v1/pools/fast").refusal(404, "not-found")
      _ = try await counter.send(.delete, "/v1/pools/default").refusal(404, "not-found")
    }
  }

  @Test func aDiskIsShownWithItsLayers() async throws {
    let office = try await Office.furnished()
    let taken = Snapshot(name: Samples.name("a"), layer: 0)
    try await office.house.ledger.record([
      .diskChanged(Samples.name("db"), .taken(taken, turnedTo: 1))
    ])
    try await office.open { counter in
      let list: ListView<DiskView> = try await counter.get("/v1/disks")
      #expect(list.items.map(\.guest) == ["db", "web-1"] && list.items[0].layers == nil)
      let disk: InfoView<DiskView> = try await counter.get("/v1/guests/db/disk")
      #expect(disk.item.snapshots == 1 && disk.item.pool == "default" && disk.item.size == 64 << 20)
      #expect(disk.item.layers?.map(\.number) == [1, 0])
      #expect(disk.item.layers?.map(\.active) == [true, false])
      #expect(disk.item.layers?.map(\.snapshot) == [nil, "a"])
      let tree: SnapshotListView = try await counter.get("/v1/guests/db/snapshots")
      #expect(tree.items.map(\.name) == ["a"] && tree.items[0].current)
      let difference: DifferenceView = try await counter.get(
        "/v1/guests/db/snapshots/a/diff")
      #expect(difference.from == "a" && difference.to == nil && difference.changed == 1 << 20)
      _ = try await counter.send(.get, "/v1/guests/db/snapshots/a/diff?to=b")
        .refusal(404, "not-found")
    }
  }

  @Test func aMoveIsAnOperationAndADryRunIsNone() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let path = "/v1/guests/db/disk/move"
      let plan = try await counter.send(
        .post, path, MoveBody(to: "/srv/x", rate: "10MiB", dryRun: true)
      ).read(MoveView.self)
      #expect(plan.to == "/srv/x/db" && plan.rate == 10 << 20 && plan.free == 1 << 30)
      #expect(await office.house.ledger.inventory.operations.isEmpty)
      for (body, status, code) in [
        (MoveBody(to: "x"), 404, "not-found"),
        (MoveBody(to: "/srv/x", rate: "1KiB"), 400, "invalid"),
        (MoveBody(to: "default"), 400, "invalid"),
      ] {
        _ = try await counter.send(.post, path, body).refusal(status, code)
      }
      let answer = try await counter.send(
        .post, path, MoveBody(to: "/srv/x"))
      #expect(answer.status == 202)
      let operation = try answer.read(OperationView.self)
      #expect(operation.verb == "move" && operation.subject == "guest db")
      _ = try await counter.send(.post, "/v1/guests/db/disk/resize", ResizeBody(size: "96MiB"))
        .refusal(409, "conflict")
      let cancelled = try await counter.send(.post, "/v1/operations/\(operation.id)/cancel")
      #expect(cancelled.status == 202 || cancelled.status == 200)
    }
  }

  @Test func sizesAreCheckedBeforeAnythingBegins() async throws {
    try await Office.furnished().open { counter in
      let path = "/v1/guests/db/disk/resize"
      for size in ["63MiB", "0", "-1", "x", "99999TiB"] {
        _ = try await counter.send(.post, path, ResizeBody(size: size)).refusal(400, "invalid")
      }
      #expect(try await counter.send(.post, path, ResizeBody(size: "65MiB")).status == 202)
    }
  }
}
