/// One network interface's statistics, counted since the domain started.
///
/// Seen from the guest: received is what reached it. User-mode interfaces report no counters.
public struct InterfaceStatistics: Sendable, Hashable {
  /// The interface's name on the host, for example `vnet0`; empty in user mode.
  public let name: String
  public let receivedBytes: UInt64?
  public let receivedPackets: UInt64?
  public let receivedErrors: UInt64?
  public let receivedDropped: UInt64?
  public let sentBytes: UInt64?
  public let sentPackets: UInt64?
  public let sentErrors: UInt64?
  public let sentDropped: UInt64?

  init(index: Int, raw: [String: TypedValue]) {
    func value(_ key: String) -> TypedValue? { raw["net.\(index).\(key)"] }
    name = value("name")?.text ?? ""
    receivedBytes = value("rx.bytes")?.unsigned
    receivedPackets = value("rx.pkts")?.unsigned
    receivedErrors = value("rx.errs")?.unsigned
    receivedDropped = value("rx.drop")?.unsigned
    sentBytes = value("tx.bytes")?.unsigned
    sentPackets = value("tx.pkts")?.unsigned
    sentErrors = value("tx.errs")?.unsigned
    sentDropped = value("tx.drop")?.unsigned
  }
}
