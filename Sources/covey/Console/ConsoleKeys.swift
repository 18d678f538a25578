/// What the keys at a console mean: everything goes to the guest but Ctrl-].
enum ConsoleKeys {
  static let leave: UInt8 = 0x1D

  /// Bytes for the guest, and whether the user left after them.
  static func read(_ bytes: ArraySlice<UInt8>) -> (forGuest: ArraySlice<UInt8>, leaves: Bool) {
    guard let end = bytes.firstIndex(of: leave) else { return (bytes, false) }
    return (bytes[..<end], true)
  }
}
