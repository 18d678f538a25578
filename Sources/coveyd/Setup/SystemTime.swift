import Covey
import CoveyEngine
import Foundation

/// The wall clock.
struct SystemTime: TimeSource {
  func now() -> Timestamp {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
  }

  func sleep(for span: Duration) async throws { try await Task.sleep(for: span) }
}
