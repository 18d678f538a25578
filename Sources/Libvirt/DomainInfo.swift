import CLibvirt

/// A domain's size and what it has used of the processors (`virDomainInfo`).
public struct DomainInfo: Sendable, Hashable {
  /// Bytes that it may have.
  public let maximumMemory: UInt64
  /// Bytes that it has at the moment.
  public let memory: UInt64
  /// Virtual processors.
  public let vcpus: Int
  /// Processor time since it started; zero when it is not active.
  public let cpuTime: Duration

  init(_ info: virDomainInfo) {
    maximumMemory = UInt64(info.maxMem) << 10
    memory = UInt64(info.memory) << 10
    vcpus = Int(info.nrVirtCpu)
    cpuTime = .nanoseconds(Int64(clamping: info.cpuTime))
  }
}
