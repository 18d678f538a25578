import Covey

/// Where warm sets lie.
///
/// ```
/// SHELF/ID/warm.json       the description; its SHA-256 is ID
/// SHELF/ID/memory          what the guest's memory held; forks map it privately
/// SHELF/ID/state           devices and processors, as QEMU's migration stream without the memory
/// SHELF/ID/disk.qcow2      what the template wrote until then: an overlay on the sealed image
/// SHELF/.building-XXXXXX   a set on its way; one whose builder died is swept
/// ```
public struct WarmPlaces: Sendable, Hashable {
  let shelf: String

  /// - `shelf`: absolute path of the folder for warm sets.
  public init(shelf: String) { self.shelf = shelf }

  public func path(of role: WarmFile.Role, in set: WarmSet) -> String {
    "\(folder(of: set))/\(Self.fileName(of: role))"
  }

  func folder(of set: WarmSet) -> String {
    // The identifier comes from a record; only hexadecimal digits can make it a name inside the shelf.
    let digits = set.id.filter { $0.isASCII && $0.isHexDigit }
    return "\(shelf)/\(digits.isEmpty ? "none" : digits)"
  }

  static func fileName(of role: WarmFile.Role) -> String {
    switch role {
    case .memory: "memory"
    case .state: "state"
    case .disk: "disk.qcow2"
    }
  }
}
