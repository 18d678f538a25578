import Covey

/// A guest whose machine is not as the inventory has it.
struct Finding: Hashable {
  let guest: Name
  let was: GuestState
  let now: GuestState
  let reason: String
}

extension Inventory {
  /// The same inventory, and guests that came in since.
  func adding(_ newer: [Name: Guest]) -> Inventory {
    var next = self
    next.guests.merge(newer) { _, new in new }
    return next
  }

  /// Compares the inventory with one look at the hypervisor. Pure; guests with a plan under way are left out.
  func findings(from observed: [ObservedGuest]) -> [Finding] {
    let machines = Dictionary(observed.map { ($0.name, $0.machine) }) { first, _ in first }
    return guests.values.sorted { $0.name < $1.name }.compactMap { guest in
      guard operation(on: guest.name) == nil else { return nil }
      let found = Self.judge(guest, machines[guest.name])
      return found.map { Finding(guest: guest.name, was: guest.state, now: $0, reason: $1) }
    }
  }

  /// A paused member serves nobody, whoever paused it: its group replaces it. A guest on its own waits for its owner.
  private static func judgePaused(_ guest: Guest) -> (GuestState, String)? {
    let state: GuestState = guest.group == nil ? .unknown : .failed
    guard guest.state != state, guest.state != .standby else { return nil }
    return (state, "its machine was paused outside covey")
  }

  /// What waits for room loses nothing. A member that has nothing to lose is replaced.
  private static func judgeHeld(_ guest: Guest) -> (GuestState, String)? {
    let isReplaced = guest.group != nil && guest.disk == .ephemeral
    let state: GuestState = isReplaced ? .failed : .held
    guard guest.state != state else { return nil }
    return (state, "QEMU holds it: there is no room for what it writes to its disk")
  }

  private static func judge(_ guest: Guest, _ machine: ObservedGuest.Machine?)
    -> (GuestState, String)?
  {
    switch machine {
    case .running:
      switch guest.state {
      case .running, .serving, .failed: nil
      case .defined, .stopped: (.starting, "it was started outside covey")
      case .starting, .draining, .stopping, .standby, .held, .unknown:
        (.starting, "its machine runs; covey looks whether it serves")
      }
    case .paused: judgePaused(guest)
    case .held: judgeHeld(guest)
    case .crashed: guest.state == .failed ? nil : (.failed, "its machine crashed")
    case .off:
      guest.state.hasMachine || guest.state == .unknown
        ? (.stopped, "its machine ended by itself") : nil
    case nil:
      guest.state.hasMachine || guest.state == .unknown
        ? (.stopped, "its machine is gone from the hypervisor") : nil
    }
  }
}
