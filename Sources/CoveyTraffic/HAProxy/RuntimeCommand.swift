import Covey

/// What covey says to HAProxy's admin socket.
///
/// Semicolon and line feed separate commands there; only `Name` and `Endpoint`, which hold
/// neither, go into one.
enum RuntimeCommand: Hashable, Sendable {
  enum State: String, Hashable, Sendable { case ready, drain, maint }

  case showInfo
  case showStatistics
  case showServers(of: Name)
  case add(BalancedMember, to: Name)
  case enableHealth(Name, of: Name)
  /// Takes the member for healthy until its checks fail as often as they must.
  case trustHealth(Name, of: Name)
  case set(State, Name, of: Name)
  case endSessions(Name, of: Name)
  case delete(Name, of: Name)

  /// One line without its end.
  var text: String {
    switch self {
    case .showInfo: "show info"
    case .showStatistics: "show stat"
    case .showServers(let group): "show servers state \(group)"
    case .add(let member, let group):
      "add server \(group)/\(member.name) \(member.endpoint) "
        + HAProxyConfiguration.memberOptions
    case .enableHealth(let member, let group): "enable health \(group)/\(member)"
    case .trustHealth(let member, let group): "set server \(group)/\(member) health up"
    case .set(let state, let member, let group):
      "set server \(group)/\(member) state \(state.rawValue)"
    case .endSessions(let member, let group): "shutdown sessions server \(group)/\(member)"
    case .delete(let member, let group): "del server \(group)/\(member)"
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
