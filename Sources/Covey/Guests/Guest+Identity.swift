extension Guest {
  /// What the guest's `/etc/machine-id` says: its UUID without hyphens, as `machine-id(5)` wants it.
  public var machineID: String { uuid.filter(\.isHexDigit).lowercased() }

  /// The address of its network card: locally administered, and made from the end of its UUID.
  ///
  /// Two guests share one with a chance of one in 16 million.
  public var mac: String {
    let digits = machineID.suffix(6)
    let pairs = stride(from: 0, to: 6, by: 2).map { offset in
      String(digits.dropFirst(offset).prefix(2))
    }
    return "52:54:00:" + pairs.joined(separator: ":")
  }
}
