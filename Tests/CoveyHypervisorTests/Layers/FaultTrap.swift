import Covey
import CoveyEngine
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// What goes wrong at a moment of an operation.
enum Fault: String, CaseIterable, Codable {
  /// QEMU is killed, and the daemon goes on.
  case machine
  /// The daemon is killed, and the machine goes on.
  case daemon
  case both
}

/// Waits for an operation to reach a moment, has the guest write there, and springs.
final class FaultTrap: Sendable {
  private struct State {
    var point: FaultPoint?
    var isSprung = false
    var written: [DiskWrite] = []
  }

  private let lab: LayerLab
  private let fault: Fault
  private let state = Mutex(State())

  init(_ lab: LayerLab, _ fault: Fault) { (self.lab, self.fault) = (lab, fault) }

  var isSprung: Bool { state.withLock(\.isSprung) }
  /// What the guest was told to be on its disk at that moment.
  var written: [DiskWrite] { state.withLock(\.written) }

  func set(at point: FaultPoint) { state.withLock { $0.point = point } }

  func reached(_ point: FaultPoint, _ operation: Operation) async {
    let isHere = state.withLock { state in
      guard state.point == point else { return false }
      state.point = nil
      return true
    }
    guard isHere else { return }
    await write(by: operation.guest, at: point)
    if fault != .daemon { lab.killMachine(operation.guest.text) }
    state.withLock { $0.isSprung = true }
    guard fault != .machine else { return }
    // A daemon that was killed does nothing more.
    while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
  }

  private func write(by name: Name, at point: FaultPoint) async {
    guard let domain = try? await lab.link.connection().domain(named: name.text),
      case .running? = try? await domain.state()
    else { return }
    let first = 512 + point.step * 64 + (point.moment == .before ? 0 : 32)
    let writes = [
      DiskWrite(sectors: first..<first + 8, byte: 0xEE),
      DiskWrite(sectors: first + 4096..<first + 4224, byte: 0xDD),
    ]
    guard (try? await lab.write(writes, to: domain)) == true else { return }
    state.withLock { $0.written = writes }
  }
}

extension FaultPoint {
  /// Whether a state of the disk is made by then: what is written later is no part of it.
  func isPastTurn(of operation: Operation) -> Bool {
    let turn = operation.steps.firstIndex { step in
      switch step {
      case .takeSnapshot, .copyBackup, .note(.restored): true
      default: false
      }
    }
    return (step, moment == .before ? 0 : 1) >= (turn ?? .max, 1)
  }
}
