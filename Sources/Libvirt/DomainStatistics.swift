/// One domain's statistics: everything libvirt reported, and the common part typed.
///
/// A typed value is nil when its group was not asked for, the driver does not have it, or a
/// busy guest was skipped. Counters begin at zero when the domain starts.
public struct DomainStatistics: Sendable, Hashable {
  public let name: String
  /// 36 characters in lower case.
  public let uuid: String
  /// Every value under libvirt's own name, for example `cpu.time` or `block.0.rd.bytes`.
  public let raw: [String: TypedValue]

  /// Builds statistics by hand, for tests of code above this binding.
  public init(name: String, uuid: String, raw: [String: TypedValue]) {
    self.name = name
    self.uuid = uuid
    self.raw = raw
  }

  /// State and reason.
  public var state: DomainState? {
    guard let state = raw["state.state"]?.signed else { return nil }
    return DomainState(
      state: Int32(clamping: state), reason: Int32(clamping: raw["state.reason"]?.signed ?? 0))
  }

  /// Processor time of the guest and its process together.
  public var cpuTime: Duration? { duration("cpu.time") }
  /// The part of `cpuTime` spent in user mode of the host.
  public var cpuUser: Duration? { duration("cpu.user") }
  /// The part of `cpuTime` spent in the host's kernel.
  public var cpuSystem: Duration? { duration("cpu.system") }
  /// Virtual processors that are on.
  public var vcpuCount: Int? { raw["vcpu.current"]?.unsigned.map { Int(clamping: $0) } }
  /// The guest's present memory in bytes.
  public var balloonCurrent: UInt64? { bytes("balloon.current") }
  /// The guest's greatest memory in bytes.
  public var balloonMaximum: UInt64? { bytes("balloon.maximum") }
  /// What the hypervisor's process holds of the host's memory, in bytes.
  public var balloonRSS: UInt64? { bytes("balloon.rss") }
  /// What the guest could give to a new program without swapping, in bytes; needs a balloon.
  public var balloonUsable: UInt64? { bytes("balloon.usable") }

  /// The disks, in the order of the definition.
  public var blocks: [BlockStatistics] {
    indices("block.count").map { BlockStatistics(index: $0, raw: raw) }
  }

  /// The network interfaces, in the order of the definition.
  public var interfaces: [InterfaceStatistics] {
    indices("net.count").map { InterfaceStatistics(index: $0, raw: raw) }
  }

  private func duration(_ key: String) -> Duration? {
    raw[key]?.unsigned.map { .nanoseconds(Int64(clamping: $0)) }
  }

  /// libvirt counts memory in KiB.
  private func bytes(_ key: String) -> UInt64? { raw[key]?.unsigned.map { $0 << 10 } }

  private func indices(_ key: String) -> Range<Int> {
    0..<Int(clamping: raw[key]?.unsigned ?? 0)
  }
}
