import Covey
import CoveyEngine
import Support

/// Identifiers that tests can foretell and that libvirt accepts as UUIDs.
struct CountingUUIDs: Identifiers {
  private let counting = CountingIdentifiers()

  func uuid() -> String {
    let digits = counting.operation().dropFirst(2)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  func operation() -> Operation.Identifier { counting.operation() }
}
