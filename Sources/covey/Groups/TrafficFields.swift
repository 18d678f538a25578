import ArgumentParser
import CoveyWire

/// How a group's requests reach its members, as options; one that is not given stays as it is, or takes its default.
struct TrafficFields: ParsableArguments, Sendable {
  @Option(help: "What spreads requests over the members: haproxy or dns.")
  var balance: BalanceChoice?
  @Option(help: "What the balancer understands: http or tcp.") var mode: ModeChoice?
  @Option(
    name: .customLong("host"),
    help: "Only requests for this host; may be repeated. '' takes all hosts.")
  var hosts: [String] = []
  @Option(help: "Only requests whose path begins so, such as /api. '' takes all paths.")
  var path: String?
  @Option(help: "A PEM file with certificate and key on the daemon's host, for TLS. '' is no TLS.")
  var certificate: String?
  @Flag(inversion: .prefixedNo, help: "Clients come back to the member that they were at.")
  var sticky: Bool?
  @Option(help: "How long a new member takes to get its full share, such as 30s.")
  var slowStart: Span?

  func fill(_ body: inout GroupSettingsBody) {
    body.balance = balance?.rawValue
    body.mode = mode?.rawValue
    if !hosts.isEmpty { body.hosts = hosts.filter { !$0.isEmpty } }
    (body.path, body.sticky, body.slowStart) = (path, sticky, slowStart?.wire)
    body.certificate = certificate.map { $0.isEmpty ? $0 : HostPath.absolute($0) }
  }
}

enum BalanceChoice: String, ExpressibleByArgument, CaseIterable, Sendable { case haproxy, dns }

enum ModeChoice: String, ExpressibleByArgument, CaseIterable, Sendable { case http, tcp }
