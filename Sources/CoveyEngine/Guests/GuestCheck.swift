import Covey

/// Asks a guest once, in the way that its health check says.
struct GuestCheck: Sendable {
  let ports: Ports

  /// - Returns: nil when it answered, or when nothing is asked of it; else why not.
  func failure(of guest: Guest, within limit: Duration) async -> String? {
    if guest.health.kind == .agent {
      return await ports.hypervisor.agentFailure(of: guest, within: limit)
    }
    guard let endpoint = guest.endpoint(of: guest.health.port) else { return nil }
    return await ports.probe.failure(of: endpoint, guest.health, within: limit)
  }

  /// - Returns: what is odd about an answer that counts as well; nil when nothing is.
  func remark(on guest: Guest, within limit: Duration) async -> String? {
    guard let endpoint = guest.endpoint(of: guest.health.port) else { return nil }
    return await ports.probe.remark(on: endpoint, guest.health, within: limit)
  }

  /// What is asked, as the beginning of a sentence.
  static func question(to guest: Guest) -> String {
    let endpoint = guest.endpoint(of: guest.health.port)?.description ?? "port \(guest.health.port)"
    return switch guest.health.kind {
    case .http: "http://\(endpoint)\(guest.health.path)"
    case .tcp: "tcp \(endpoint)"
    case .agent: "its guest agent"
    }
  }
}
