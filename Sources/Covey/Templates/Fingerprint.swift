/// Everything that must be the same where a machine's state was saved and where it is resumed.
public struct Fingerprint: Hashable, Sendable, Codable {
  /// Version of QEMU, size and time of its program, since distributions mend it under one version, and version of libvirt,
  /// which gives the devices their places.
  public let qemu: String
  /// As QEMU names the very version of the machine, such as `pc-i440fx-7.2`.
  public let machine: String
  /// What the guest sees as its processor.
  public let cpu: String
  public let accelerator: Accelerator
  /// SHA-256 over the machine's description without names, addresses and paths: memory, devices, their order.
  public let devices: String
  /// Digest of the sealed template.
  public let image: String

  public init(
    qemu: String, machine: String, cpu: String, accelerator: Accelerator, devices: String,
    image: String
  ) {
    self.qemu = qemu
    self.machine = machine
    self.cpu = cpu
    self.accelerator = accelerator
    self.devices = devices
    self.image = image
  }

  /// What differs, as `QEMU 7.2.22 -> 7.2.23`; empty when a set with this fingerprint may be resumed under the other.
  public func differences(from now: Fingerprint) -> [String] {
    let pairs = [
      ("QEMU", qemu, now.qemu), ("machine", machine, now.machine), ("CPU", cpu, now.cpu),
      ("accelerator", accelerator.rawValue, now.accelerator.rawValue),
      ("devices", short(devices), short(now.devices)), ("image", short(image), short(now.image)),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) -> \($0.2)" }
  }

  private func short(_ digest: String) -> String { String(digest.prefix(12)) }
}
