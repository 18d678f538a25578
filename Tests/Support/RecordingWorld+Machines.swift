import Covey
import CoveyEngine

// How machines end, and are held.
extension RecordingWorld {
  /// Ends a machine as its system would that somebody told to.
  public func powerOff(_ guest: Name) {
    crash(guest)
    poweredOff.insert(guest)
  }

  public func hasPoweredOff(_ guest: Guest) -> Bool {
    !isRunning(guest) && poweredOff.contains(guest.name)
  }

  /// Has QEMU hold a machine for want of room.
  public func hold(_ guest: Guest) { turnOn(guest, .held) }

  public func goOn(_ guest: Guest) throws {
    try note("goOn", guest.name)
    turnOn(guest)
  }
}
