/// How guests' instructions are run.
public enum Accelerator: String, Hashable, Sendable, Codable {
  /// Hardware virtualization; libvirt's domain type `kvm`.
  case kvm
  /// Emulation by QEMU; libvirt's domain type `qemu`. Slower, works everywhere.
  case tcg
}

/// Which accelerator is used, and the evidence for it.
public struct AcceleratorFinding: Hashable, Sendable, Codable {
  public let accelerator: Accelerator
  /// In words, such as `a probe guest did not boot under KVM in 8 s`.
  public let evidence: String
  /// Whether a probe guest settled it; until then TCG is used, which works everywhere.
  public let isSettled: Bool
  /// What the finding depends on (QEMU version, kernel, device); another value asks for a new probe.
  public let fingerprint: String

  public init(_ accelerator: Accelerator, evidence: String, isSettled: Bool, fingerprint: String) {
    self.accelerator = accelerator
    self.evidence = evidence
    self.isSettled = isSettled
    self.fingerprint = fingerprint
  }
}
