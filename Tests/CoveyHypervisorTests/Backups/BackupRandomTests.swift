import Covey
import CoveyEngine
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

/// Random lives of guests that are backed up again and again; every backup is read from outside and compared.
///
/// One alone: `COVEY_BACKUP_SEED=17 swift test --filter BackupRandomTests`; so many: `COVEY_BACKUP_SEEDS=200`.
struct BackupRandomTests {
  static var seeds: [UInt64] {
    if let one = HostFiles.environment("COVEY_BACKUP_SEED").flatMap({ UInt64($0) }) { return [one] }
    return Array(1...(HostFiles.environment("COVEY_BACKUP_SEEDS").flatMap { UInt64($0) } ?? 6))
  }

  @Test func everyBackupReadsWhatTheDiskReadWhenItWasMade() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        for seed in BackupRandomTests.seeds {
          LayerLab.allowTime()
          var life = try BackupLife(lab, name: "s\(seed)", seed: seed)
          var history: [String] = []
          var found: [String] = []
          do {
            try await life.launch()
            for _ in 0..<14 {
              try await life.write()
              history.append(try await life.act())
            }
            found = try await life.complaints()
            try await life.daemon.ask(.delete(force: true), of: life.name)
          } catch { found = ["\(error)"] }
          #expect(found.isEmpty, "seed \(seed): \(found)\n\(history.joined(separator: "\n"))")
          await life.daemon.end()
        }
      }
    }
  }
}

extension BackupLife {
  /// - Returns: what was done.
  mutating func act() async throws -> String {
    let (guest, isRunning) = (try await guest, try await guest.state.hasMachine)
    let names = guest.disks.snapshots.map(\.name.text)
    let choice = Int.random(in: 0..<24, using: &random)
    switch choice {
    case 0...8:
      let backup = try await backUp(to: choice < 6 ? "b" : "c", isFull: choice == 8)
      return "backup \(backup.id) \(backup.kind) \(backup.reason ?? "")"
    case 9...11:
      let name = "n\(guest.disks.next)"
      try await snapshot(name, savesMemory: choice == 9 && isRunning)
      return "snapshot \(name)"
    case 12...14:
      guard let name = names.randomElement(using: &random) else { return "nothing" }
      try await delete(name)
      return "delete \(name) \(isRunning)"
    case 15:
      guard let name = names.randomElement(using: &random) else { return "nothing" }
      try await restore(name)
      return "restore \(name)"
    case 16: return try await relocate(guest)
    case 17 where isRunning:
      try await kill()
      return "kill"
    case 18:
      try await resize(to: now.size + 1 << 20)
      return "resize"
    case 19:
      try await restartDaemon()
      return "another daemon"
    case 20 where isRunning:
      let begun = try await begin(isFull: true, rate: .mebibytes(1))
      try await Task.sleep(for: .milliseconds(Int.random(in: 0..<60, using: &random)))
      _ = try? await daemon.ledger.cancel(begun.id)  // it may be over by now
      let operation = try await daemon.over(begun)
      if operation.status == .done { note(operation) }
      return "cancel: \(operation.status)"
    default:
      if isRunning { try await stop() } else { try await start() }
      return isRunning ? "stop" : "start"
    }
  }

  private func relocate(_ guest: Guest) async throws -> String {
    let isHome = guest.disks.folder == nil
    try await move(to: isHome ? "p" : nil)
    return "move"
  }
}
