/// By which way a guest hears who it is, once it runs on memory that was another machine's.
///
/// Both ways carry the words of `docs/identity.md`.
public enum IdentityCarrier: String, Hashable, Sendable, Codable, CaseIterable {
  /// covey's own program in the guest, on the virtio-serial port `org.covey.identity.0`.
  case channel
  /// The same program, run by qemu-guest-agent for each message.
  case agent = "qemu-guest-agent"
}
