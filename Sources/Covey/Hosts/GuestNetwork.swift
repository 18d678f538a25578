/// What the first card of every guest is connected to.
public enum GuestNetwork: Hashable, Sendable {
  /// QEMU's user-mode network: each guest is alone, and its ports are offered on a loopback address of its own.
  case user
  /// A libvirt network: guests have addresses of their own on a bridge of the host's.
  case bridged(BridgedNetwork)

  /// The libvirt network; nil where there is none.
  public var bridged: BridgedNetwork? {
    guard case .bridged(let network) = self else { return nil }
    return network
  }
}
