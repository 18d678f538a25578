import Covey
import CoveyEngine
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// Moves that their user gives up, and what is refused meanwhile.
struct LayerCancelTests {
  @Test func aMoveThatIsCancelledAtAnyMomentLeavesTheGuestOnItsSource() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        // Claiming the folder, copying the frozen layer, mirroring the active one: the next step is the pivot.
        for (number, moment) in (0..<3).flatMap({ [($0, "before"), ($0, "after")] }).enumerated() {
          let point = "move/\(moment.0)/\(moment.1)"
          let canceller = try Canceller()
          let trial = try await MoveTrial(lab, "c\(number)") { reached, operation in
            guard reached.description == point else { return }
            await canceller.cancel(operation.id)
          }
          canceller.attach(trial.daemon.ledger)
          let ended = try await trial.move(to: "\(lab.elsewhere)/c\(number)")
          #expect(ended.status == .failed && ended.problem?.code == .cancelled, "\(point)")
          #expect(canceller.refusals.isEmpty, "\(point): \(canceller.refusals)")
          try await trial.expectWhole()
        }
      }
    }
  }

  @Test func nothingElseIsDoneToADiskWhileItMoves() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let seen = Mutex<[Problem.Code?]>([])
        let canceller = try Canceller()
        let trial = try await MoveTrial(lab, "busy") { point, operation in
          guard point.description == "move/2/after" else { return }
          let taken = Samples.name("a")
          for request in [
            GuestRequest.restore(RestoreRequest(snapshot: taken)), .deleteSnapshot(taken), .start,
            .moveDisk(canceller.home), .snapshot(canceller.another),
          ] {
            let code = await canceller.refusal(of: request, on: operation.guest)
            seen.withLock { $0.append(code) }
          }
        }
        canceller.attach(trial.daemon.ledger)
        let again = try SnapshotRequest(name: Samples.name("a"))
        let twice = await canceller.refusal(of: .snapshot(again), on: trial.name)
        #expect(twice == .exists)
        let ended = try await trial.move(to: "\(lab.elsewhere)/busy")
        #expect(ended.status == .done)
        #expect(seen.withLock(\.self) == Array(repeating: .conflict, count: 5))
        await trial.daemon.end()
      }
    }
  }
}

/// Asks a ledger for things in the middle of an operation of its own.
private final class Canceller: Sendable {
  private struct State {
    var ledger: Ledger?
    var refusals: [String] = []
  }

  private let state = Mutex(State())
  let home: MoveRequest
  let another: SnapshotRequest

  init() throws {
    home = try MoveRequest(folder: nil)
    another = try SnapshotRequest()
  }

  var refusals: [String] { state.withLock(\.refusals) }

  func attach(_ ledger: Ledger) { state.withLock { $0.ledger = ledger } }

  func cancel(_ id: Operation.Identifier) async {
    let ledger = state.withLock(\.ledger)
    do { _ = try await ledger?.cancel(id) } catch {
      state.withLock { $0.refusals.append("\(error)") }
    }
  }

  /// Why a request is refused; nil when it is not.
  func refusal(of request: GuestRequest, on guest: Name) async -> Problem.Code? {
    let ledger = state.withLock(\.ledger)
    return await problem { _ = try await ledger?.request(request, on: guest) }?.code
  }
}
