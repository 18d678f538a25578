import ArgumentParser
import CoveyWire

/// The fields of a group as options; one that is not given stays as it is, or takes its default.
struct GroupFields: ParsableArguments, Sendable {
  @Option(help: "The template of the members.") var template: String?
  @Option(help: "The fewest members.") var min: Int?
  @Option(help: "The most members.") var max: Int?
  @Option(help: "Members over max while one is replaced.") var surge: Int?
  @Option(help: "Paused forks that wait beside the members, ready to serve at once.")
  var standby: Int?
  @Option(help: "The members' port; the template's first if not given.") var port: Int?
  @Option(help: "Where the balancer listens, ADDRESS:PORT.") var listen: String?
  @Option(help: "Virtual CPUs of a member.") var cpus: Int?
  @Option(help: "Memory of a member, such as 256MiB.") var memory: String?
  @Option(
    help: "Disks of the members: ephemeral, or persistent, which are kept when the group shrinks.")
  var disk: DiskChoice?
  @Option(help: "One more member over this mean CPU, in percent.") var cpuAbove: Double?
  @Option(help: "One fewer under this mean CPU, in percent.") var cpuBelow: Double?
  @Option(name: .customLong("for"), help: "How long it must last, such as 5s.") var hold: Span?
  @Option(help: "Rest after a change has settled, such as 10s.") var cooldown: Span?
  @Option(help: "Time between two decisions about the size, such as 1s.") var interval: Span?
  @Option(help: "How long connections of a leaving member may go on.") var drainWithin: Span?
  @Option(help: "How long a member may take to become ready.") var readyWithin: Span?
  @Option(help: "How long the last member stays without a request, where --min is 0.")
  var idle: Span?
  @OptionGroup(title: "Traffic") var traffic: TrafficFields

  /// - Parameter name: only for a group that is created.
  func body(name: String? = nil) -> GroupSettingsBody {
    var body = GroupSettingsBody(name: name)
    (body.template, body.min, body.max, body.surge) = (template, min, max, surge)
    (body.port, body.listen, body.cpus, body.memory) = (port, listen, cpus, memory)
    (body.disk, body.cpuAbove, body.cpuBelow) = (disk?.rawValue, cpuAbove, cpuBelow)
    body.standby = standby
    body.for = hold?.wire
    body.cooldown = cooldown?.wire
    body.interval = interval?.wire
    body.drainWithin = drainWithin?.wire
    body.readyWithin = readyWithin?.wire
    body.idle = idle?.wire
    traffic.fill(&body)
    return body
  }
}
