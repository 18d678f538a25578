import Covey
import Synchronization

/// The listeners as this daemon last opened them, by the names of their folders.
final class OpenListeners: Sendable {
  private let all = Mutex<[String: Listener]>([:])

  subscript(folder: String) -> Listener? {
    get { all.withLock { $0[folder] } }
    set { all.withLock { $0[folder] = newValue } }
  }
}
