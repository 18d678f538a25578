/// What looks for a system on a machine's disk and starts it.
public enum Firmware: String, Hashable, Sendable, Codable, CaseIterable {
  /// SeaBIOS, from the disk's first block.
  case bios
  /// OVMF, from the disk's EFI system partition.
  case uefi

  /// What each says when it found no system.
  private static let givesUp = [
    Firmware.bios: ["No bootable device"],
    .uefi: ["UEFI Interactive Shell", "Shell>", "No bootable option"],
  ]

  /// What to do when it found no system to start, by its words on a guest's console; nil when it did not say so.
  public func hint(after console: [String]) -> String? {
    let words = Self.givesUp[self] ?? []
    guard console.contains(where: { line in words.contains { line.contains($0) } }) else {
      return nil
    }
    let other: Firmware = self == .bios ? .uefi : .bios
    return "its disk has no system that starts by \(rawValue): import an image that has one, "
      + "or this one with --firmware \(other.rawValue)"
  }
}
