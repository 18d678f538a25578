import Covey
import CoveyEngine

/// Asks a guest over the network whether it serves: by HTTP, or by a TCP connection.
public struct GuestProbe: HealthProbe {
  private let http = HTTPHealthProbe()
  private let tcp = TCPHealthProbe()

  public init() {}

  public func failure(
    of endpoint: Endpoint, _ check: HealthCheck, within limit: Duration
  ) async -> String? {
    switch check.kind {
    case .http: await http.failure(of: endpoint, path: check.path, within: limit)
    case .tcp: await tcp.failure(of: endpoint, within: limit)
    case .agent: "an agent is not asked over the network"
    }
  }

  public func remark(
    on endpoint: Endpoint, _ check: HealthCheck, within limit: Duration
  ) async -> String? {
    guard check.kind == .http else { return nil }
    return await http.remark(on: endpoint, path: check.path, within: limit)
  }

  public func connections(to endpoint: Endpoint) async -> Int? {
    await ClientConnections.count(to: endpoint)
  }
}
