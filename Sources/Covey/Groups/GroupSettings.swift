/// The fields of a group as a user writes them, each of which may be missing.
public struct GroupSettings: Hashable, Sendable {
  public var template: Name?
  public var min: Int?
  public var max: Int?
  public var surge: Int?
  public var standby: Int?
  public var port: Int?
  public var listen: Endpoint?
  public var cpus: Int?
  public var memory: ByteCount?
  public var disk: DiskMode?
  public var cpuAbove: Double?
  public var cpuBelow: Double?
  public var hold: Duration?
  public var cooldown: Duration?
  public var interval: Duration?
  public var drainWithin: Duration?
  public var readyWithin: Duration?
  public var idle: Duration?
  public var traffic = TrafficSettings()

  public init() {}

  /// A new group's specification; missing fields take the defaults of `docs/limits.md`.
  ///
  /// - Throws: `Refusal.outOfRange` naming the first field that has no default and is missing (`template`, `listen`), or a
  ///   value out of its range; thresholds that cross or would oscillate.
  public func spec(defaultPort: Int?) throws(Refusal) -> GroupSpec {
    guard let template else { throw Self.missing("template") }
    guard let port = port ?? defaultPort else { throw Self.missing("port") }
    let policy = try ThresholdPolicy(
      cpuAbove: cpuAbove ?? 70, cpuBelow: cpuBelow ?? 25, hold: hold ?? .seconds(5),
      cooldown: cooldown ?? .seconds(10))
    return try GroupSpec(
      template: template, min: min ?? 1, max: max ?? 4, surge: surge ?? 0,
      standby: standby ?? 0, port: port, listen: listen, traffic: traffic.traffic(changing: nil),
      cpus: cpus, memory: memory,
      disk: disk ?? .ephemeral, policy: policy, interval: interval ?? .seconds(1),
      drainWithin: drainWithin ?? .seconds(30), readyWithin: readyWithin,
      idle: idle ?? GroupSpec.usualIdle)
  }

  /// An existing group's specification with the fields that are given replaced.
  public func spec(changing old: GroupSpec) throws(Refusal) -> GroupSpec {
    let policy = try ThresholdPolicy(
      cpuAbove: cpuAbove ?? old.policy.cpuAbove, cpuBelow: cpuBelow ?? old.policy.cpuBelow,
      hold: hold ?? old.policy.hold, cooldown: cooldown ?? old.policy.cooldown)
    let traffic = try traffic.traffic(changing: old.traffic)
    return try GroupSpec(
      template: template ?? old.template, min: min ?? old.min, max: max ?? old.max,
      surge: surge ?? old.surge, standby: standby ?? old.standby, port: port ?? old.port,
      listen: listen ?? (traffic.balance == .dns ? nil : old.listen), traffic: traffic,
      cpus: cpus ?? old.cpus, memory: memory ?? old.memory,
      disk: disk ?? old.disk,
      policy: policy, interval: interval ?? old.interval,
      drainWithin: drainWithin ?? old.drainWithin, readyWithin: readyWithin ?? old.readyWithin,
      idle: idle ?? old.idle)
  }

  private static func missing(_ field: String) -> Refusal {
    .outOfRange(field: field, value: "missing", allowed: "--\(field), or a line \"\(field): ...\"")
  }
}
