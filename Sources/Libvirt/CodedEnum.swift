/// An enumeration that mirrors one of libvirt's and survives a newer one.
///
/// The raw values are libvirt's numbers; `unknown` stands for numbers that this binding has no
/// name for yet. A test compares every mirrored number with libvirt's own API description.
protocol CodedEnum: RawRepresentable where RawValue == Int32 {
  static var unknown: Self { get }
}

extension CodedEnum {
  init(code: Int32) { self = Self(rawValue: code) ?? .unknown }
}
