import Covey

/// A server of a running HAProxy, `BACKEND/SERVER`.
struct ServerPlace: Hashable, Sendable, CustomStringConvertible {
  let backend: Name
  /// The member's name, and in somebody else's HAProxy covey's mark behind it.
  let server: String

  var description: String { "\(backend)/\(server)" }
}

/// What covey says to HAProxy's admin socket.
///
/// Semicolon and line feed separate commands there; only words that can hold neither go into one, and certificates, which
/// follow their command on lines of their own.
enum RuntimeCommand: Hashable, Sendable {
  enum State: String, Hashable, Sendable { case ready, drain, maint }

  case showInfo
  case showLevel
  case showStatistics
  case showServers(of: Name)
  /// `options`: as `ServerOptions` has them.
  case add(ServerPlace, options: String)
  case enableHealth(ServerPlace)
  /// Takes the member for healthy until its checks fail as often as they must, or for down until one succeeds.
  case trustHealth(ServerPlace, isUp: Bool)
  case enableAgent(ServerPlace)
  case disableAgent(ServerPlace)
  case set(State, ServerPlace)
  case weigh(ServerPlace, Int)
  /// Servers that were added since have no cookie until it is said again.
  case setCookieKey(String, of: Name)
  case endSessions(ServerPlace)
  case delete(ServerPlace)
  /// The text must have no empty line.
  case stageCertificate(file: String, pem: String)
  case commitCertificate(file: String)
  case abortCertificate(file: String)

  /// One line without its end, but for a certificate.
  var text: String {
    switch self {
    case .showInfo: "show info"
    case .showLevel: "show cli level"
    case .showStatistics: "show stat"
    case .showServers(let group): "show servers state \(group)"
    case .add(let place, let options): "add server \(place) \(options)"
    case .enableHealth(let place): "enable health \(place)"
    case .trustHealth(let place, let isUp): "set server \(place) health \(isUp ? "up" : "down")"
    case .enableAgent(let place): "enable agent \(place)"
    case .disableAgent(let place): "disable agent \(place)"
    case .set(let state, let place): "set server \(place) state \(state.rawValue)"
    case .weigh(let place, let weight): "set server \(place) weight \(weight)"
    case .setCookieKey(let key, let group): "set dynamic-cookie-key backend \(group) \(key)"
    case .endSessions(let place): "shutdown sessions server \(place)"
    case .delete(let place): "del server \(place)"
    case .stageCertificate(let file, let pem): "set ssl cert \(file) <<\n\(pem)\n"
    case .commitCertificate(let file): "commit ssl cert \(file)"
    case .abortCertificate(let file): "abort ssl cert \(file)"
    }
  }

  /// How a whole answer ends: tables with an empty line, the rest with one line feed (HAProxy 2.6).
  var ending: String {
    switch self {
    case .showInfo, .showStatistics, .showServers: "\n\n"
    default: "\n"
    }
  }
}
