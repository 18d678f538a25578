import Covey
import Support
import Testing

struct BackupRulesTests {
  let folder = "/b/db"

  @Test func theFirstBackupInAFolderIsFull() throws {
    let task = try task(Samples.guest("db"), nil)
    #expect(task.id == 1 && task.parent == nil && task.reason == nil)
    #expect(task.series == "new")
  }

  @Test func theNextGoesOnFromTheLastOne() throws {
    let task = try task(marked(), set(2))
    #expect(task.id == 3 && task.series == "s")
    #expect(task.parent?.id == 2 && task.parent?.flaw == nil)
    #expect(task.parent?.mark?.checkpoint == "covey-2")
  }

  @Test func aFullOneThatWasAskedForNeedsNoReason() throws {
    let task = try task(marked(), set(2), isFull: true)
    #expect(task.parent == nil && task.reason == nil)
  }

  @Test func whatMayHaveChangedUnseenIsAFlaw() throws {
    let base = Samples.name("base")
    let snapshot = Snapshot(name: base, layer: 0)
    let changes: [(DiskChange, String)] = [
      (.restored(base, onto: 2, left: nil), "went back to snapshot \"base\""),
      (.resized(to: .gibibytes(1)), "was resized"),
      (.broughtBack("brought back"), "brought back"),
      (.flattened, "other files"), (.rebased(onto: "d"), "other files"),
    ]
    for (change, words) in changes {
      var guest = marked()
      guest.disks.apply(.taken(snapshot, turnedTo: 1), at: .zero)
      guest.disks.apply(change, at: .zero)
      let parent = try task(guest, set(2)).parent
      #expect(parent?.mark == nil)
      #expect(parent?.flaw?.contains(words) == true, "\(change)")
      #expect(guest.disks.checkpoints.isEmpty)
    }
  }

  @Test func snapshotsMergesAndMovesAreFollowed() throws {
    var guest = marked()
    guest.disks.apply(.taken(Snapshot(name: Samples.name("a"), layer: 0), turnedTo: 1), at: .zero)
    #expect(try task(guest, set(2)).parent?.mark?.layer == 0)
    guest.disks.apply(.forgotten(Samples.name("a")), at: .zero)
    guest.disks.apply(.pulled(0, into: 1), at: .zero)
    guest.disks.apply(.moved(to: "/p/db"), at: .zero)
    #expect(try task(guest, set(2)).parent?.mark?.layer == 1)
    guest.disks.apply(.taken(Snapshot(name: Samples.name("b"), layer: 1), turnedTo: 2), at: .zero)
    guest.disks.apply(.committed(1, into: 0), at: .zero)
    #expect(guest.disks.mark(of: "s")?.layer == 0)
  }

  @Test func aMarkOfAnotherBackupIsNone() throws {
    #expect(try task(Samples.guest("db"), set(2)).parent?.flaw?.contains("does not know") == true)
    #expect(try task(marked(1), set(2)).parent?.flaw?.contains("another folder") == true)
    var off = BackupSet(series: "s", guest: Samples.name("db"), uuid: "uuid-db")
    off.add(Samples.backup(1))
    #expect(try task(marked(1), off).parent?.flaw?.contains("was off") == true)
  }

  @Test func aChainHasAnEnd() throws {
    let most = BackupSet.incrementsAtMost
    #expect(try task(marked(most), set(most)).parent != nil)
    let task = try task(marked(most + 1), set(most + 1))
    #expect(task.parent == nil)
    #expect(task.reason?.contains("\(most) incremental") == true)
  }

  @Test func theFolderOfAnotherGuestIsRefused() throws {
    let other = BackupSet(series: "s", guest: Samples.name("db"), uuid: "another")
    #expect(
      refusal(Samples.guest("db"), other)
        == .backupsOfAnother(folder, guest: Samples.name("db"), uuid: "another"))
    #expect(
      refusal(Samples.guest("db", disk: .ephemeral), nil)
        == .ephemeralDisk(Samples.name("db"), verb: "backup"))
  }

  @Test func fewSeriesAreRemembered() {
    var guest = Samples.guest("db")
    for index in 0..<BackupMark.kept + 2 {
      let mark = BackupMark(series: "s\(index)", backup: 1, checkpoint: "c\(index)", layer: 0)
      guest.disks.apply(.backedUp(mark), at: .zero)
    }
    #expect(guest.disks.marks.count == BackupMark.kept)
    #expect(guest.disks.mark(of: "s0") == nil)
  }

  @Test func whatSomethingStandsOnIsNeverSuperfluous() {
    var set = set(3)
    set.add(Samples.backup(4, checkpoint: "covey-4"))
    set.add(Samples.backup(5, parent: 4, checkpoint: "covey-5"))
    #expect(set.superfluous(keeping: 1).map(\.id) == [1, 2, 3])
    #expect(set.superfluous(keeping: 3).isEmpty)
    #expect(set.superfluous(keeping: 99).isEmpty)
    set.remove([1, 2, 3, 4, 5])
    #expect(set.next == 6)
  }

  @Test func aRestoreWantsTheVersionOfTheTemplate() {
    let backup = Samples.backup(1)
    let request = LaunchRequest(
      restoring: backup, in: folder, as: Samples.name("new"), starts: true)
    let decision = request.decide(in: Samples.inventory(), with: Samples.facts())
    guard case .proceed(let launch) = decision else {
      Issue.record("\(decision)")
      return
    }
    let source = BackupSource(folder: folder, backup: backup)
    #expect(launch.plan.steps.first == .restoreDisk(source))
    #expect(launch.plan.steps.contains(.startMachine))
    #expect(
      request.decide(in: Inventory(), with: Samples.facts())
        == .refuse(.noTemplateOfBackup(backup.template, digest: backup.templateDigest)))
  }

  @Test func everyRefusalSaysWhatToDo() {
    let refusals: [Refusal] = [
      .noBackups(folder), .noSuchBackup(2, folder: folder, there: [1]),
      .noTemplateOfBackup(Samples.name("t"), digest: "d"), .backupUnderWay(folder, operation: "o"),
      .backupsOfAnother(folder, guest: Samples.name("db"), uuid: "u"),
      .tooManyBackups(folder, atMost: 2),
    ]
    for refusal in refusals { #expect(!refusal.problem.hint.isEmpty) }
  }

  private func set(_ count: Int) -> BackupSet {
    var set = BackupSet(series: "s", guest: Samples.name("db"), uuid: "uuid-db")
    for id in 1...count {
      set.add(Samples.backup(id, parent: id == 1 ? nil : id - 1, checkpoint: "covey-\(id)"))
    }
    return set
  }

  private func marked(_ id: Int = 2) -> Guest {
    var guest = Samples.guest("db")
    let mark = BackupMark(series: "s", backup: id, checkpoint: "covey-\(id)", layer: 0)
    guest.disks.apply(.backedUp(mark), at: .zero)
    return guest
  }

  private func request(_ set: BackupSet?, isFull: Bool = false) throws -> GuestRequest {
    .backup(
      try BackupRequest(
        folder: folder, set: set, newSeries: "new", checkpoint: "covey-x", isFull: isFull))
  }

  private func task(_ guest: Guest, _ set: BackupSet?, isFull: Bool = false) throws -> BackupTask {
    let decision = guest.decide(try request(set, isFull: isFull), in: Inventory())
    guard case .proceed(let plan) = decision, case .prepareBackup(let task)? = plan.steps.first
    else { throw CancellationError() }
    return task
  }

  private func refusal(_ guest: Guest, _ set: BackupSet?) -> Refusal? {
    guard let request = try? request(set),
      case .refuse(let refusal) = guest.decide(request, in: Inventory())
    else { return nil }
    return refusal
  }
}
