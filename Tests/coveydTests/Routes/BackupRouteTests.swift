import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct BackupRouteTests {
  private let db = Samples.name("db")

  private func shelved() async throws -> Office {
    let office = try await Office.furnished()
    var set = BackupSet(series: "s", guest: db, uuid: "uuid-db")
    set.add(Samples.backup(1, checkpoint: "covey-1"))
    set.add(Samples.backup(2, parent: 1, checkpoint: "covey-2"))
    set.add(Samples.backup(3, checkpoint: "covey-3"))
    await office.world.shelve(set, in: "/b/db")
    return office
  }

  @Test func backupsAreListedInAFolderAndInThoseBelowIt() async throws {
    try await shelved().open { counter in
      for folder in ["/b", "/b/db"] {
        let list: ListView<BackupView> = try await counter.get("/v1/backups?folder=\(folder)")
        #expect(list.items.map(\.id) == [1, 2, 3])
        #expect(list.items.map(\.parent) == [nil, 1, nil])
        #expect(list.items[0].folder == "/b/db" && list.items[0].file == "1.qcow2")
      }
      _ = try await counter.send(.get, "/v1/backups").refusal(400, "invalid")
    }
  }

  @Test func aBackupIsAnOperationWithItsNumber() async throws {
    try await shelved().open { counter in
      let answer = try await counter.send(
        .post, "/v1/guests/db/backups", BackupBody(to: "/b", note: "n", rate: "5MiB"))
      #expect(answer.status == 202)
      let operation = try answer.read(OperationView.self)
      #expect(operation.verb == "backup" && operation.backup == 4)
      for body in [
        BackupBody(to: "b"), BackupBody(to: "/b", note: "a\nb"), BackupBody(to: "/b", rate: "1KiB"),
      ] {
        _ = try await counter.send(.post, "/v1/guests/web-1/backups", body)
          .refusal(400, "invalid")
      }
      _ = try await counter.send(.post, "/v1/guests/none/backups", BackupBody(to: "/b"))
        .refusal(404, "not-found")
    }
  }

  @Test func aBackupBecomesANewGuest() async throws {
    try await shelved().open { counter in
      let path = "/v1/backups/restore"
      let answer = try await counter.send(
        .post, path, BackupRestoreBody(folder: "/b/db", name: "new", id: 2))
      #expect(answer.status == 202)
      #expect(try answer.read(OperationView.self).subject == "guest new")
      _ = try await counter.send(.post, path, BackupRestoreBody(folder: "/b/db", name: "db"))
        .refusal(409, "exists")
      _ = try await counter.send(
        .post, path, BackupRestoreBody(folder: "/b/db", name: "x", id: 9)
      ).refusal(404, "not-found")
      _ = try await counter.send(.post, path, BackupRestoreBody(folder: "/c", name: "x"))
        .refusal(404, "not-found")
    }
  }

  @Test func oldBackupsAreRemovedOrOnlyNamed() async throws {
    let office = try await shelved()
    try await office.open { counter in
      let path = "/v1/backups/delete"
      let plan = try await counter.send(
        .post, path, BackupDeleteBody(folder: "/b/db", dryRun: true)
      ).read(BackupPruneView.self)
      #expect(plan.dryRun && plan.removed.map(\.id) == [1, 2] && plan.kept.map(\.id) == [3])
      #expect(plan.freed == 2 << 20)
      #expect(await office.world.backupSets["/b/db"]?.backups.count == 3)
      _ = try await counter.send(.post, path, BackupDeleteBody(folder: "/b/db"))
      #expect(await office.world.backupSets["/b/db"]?.backups.count == 1)
    }
  }

  @Test func aLookIsAJob() async throws {
    try await shelved().open { counter in
      let answer = try await counter.send(
        .post, "/v1/backups/verify", BackupVerifyBody(folder: "/b/db", id: 2))
      #expect(answer.status == 202)
      let operation = try answer.read(OperationView.self)
      #expect(operation.verb == "verify" && operation.subject == "backups /b/db")
      _ = try await counter.send(.post, "/v1/backups/verify", BackupVerifyBody(folder: "/c"))
        .refusal(404, "not-found")
    }
  }
}
