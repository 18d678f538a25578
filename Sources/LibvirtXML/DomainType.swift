/// Who runs a guest's processors: the `type` of a `<domain>`.
public struct DomainType: RawRepresentable, Sendable, Hashable {
  /// libvirt's word.
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Emulation, which works everywhere.
  public static let qemu = Self(rawValue: "qemu")
  /// Hardware virtualization.
  public static let kvm = Self(rawValue: "kvm")
}
