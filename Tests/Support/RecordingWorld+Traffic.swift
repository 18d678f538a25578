import Covey
import CoveyEngine

extension RecordingWorld: NameServer {
  public func publish(_ zone: Zone) throws {
    if let fault = faults["publish"] { throw fault.problem }
    self.zone = zone
  }
  public func inspect() -> (endpoint: Endpoint?, problem: Problem?) { (nil, nil) }
  public func close() { zone = nil }
}

extension RecordingWorld: Activator {
  public nonisolated func path(of group: Name) -> String { "/wake/\(group)" }
  public func keep(_ doors: [Name: Door]) throws {
    if let fault = faults["keep"] { throw fault.problem }
    self.doors = doors
  }
  public func knocks() -> AsyncStream<Name> { AsyncStream { $0.finish() } }
  public func wakes(of group: Name) -> WakeStatistics? { woken[group] }
  public func end() { doors = [:] }
}

extension RecordingWorld: HealthProbe {
  public func connections(to endpoint: Endpoint) -> Int? { clients }
  public func failure(of endpoint: Endpoint, _ check: HealthCheck, within limit: Duration)
    -> String?
  {
    unhealthyAt[endpoint.address] ?? unhealthy ?? unhealthyEndpoints[endpoint]
  }
}

extension RecordingWorld {
  public func remark(on endpoint: Endpoint, _ check: HealthCheck, within limit: Duration)
    -> String?
  { oddities[endpoint.address] }

  /// Has the answers of one address be odd.
  public func answerOddly(_ remark: String?, at address: IPv4Address) {
    oddities[address] = remark
  }
}

extension RecordingWorld: MemberReports {
  public func ask(_ members: [Name: Endpoint], within limit: Duration) -> [Name: ReportFinding] {
    members.reduce(into: [:]) { $0[$1.key] = reports[$1.key] ?? .silent("connection refused") }
  }
}
