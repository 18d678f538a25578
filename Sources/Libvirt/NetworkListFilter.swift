/// Which networks to list (`virConnectListAllNetworksFlags`).
///
/// Options of one group widen each other, options of different groups narrow.
public struct NetworkListFilter: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let inactive = Self(rawValue: 1 << 0)
  public static let active = Self(rawValue: 1 << 1)
  public static let persistent = Self(rawValue: 1 << 2)
  public static let transient = Self(rawValue: 1 << 3)
  public static let autostart = Self(rawValue: 1 << 4)
  public static let noAutostart = Self(rawValue: 1 << 5)
}
