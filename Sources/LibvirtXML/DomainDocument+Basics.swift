extension DomainDocument {
  /// Who runs the processors.
  public var type: DomainType {
    get { DomainType(rawValue: root[attribute: "type"] ?? "") }
    set { root[attribute: "type"] = newValue.rawValue }
  }

  /// Unique on the host; empty when the document has none.
  public var name: String {
    get { root[text: "name"] ?? "" }
    set { root[text: "name"] = newValue }
  }

  /// 36 characters; nil lets libvirt choose.
  public var uuid: String? {
    get { root[text: "uuid"] }
    set { root[text: "uuid"] = newValue }
  }

  /// A line for people.
  public var title: String? {
    get { root[text: "title"] }
    set { root[text: "title"] = newValue }
  }

  /// The most memory that the guest may have, in bytes; written as whole KiB.
  ///
  /// Setting it also sets the memory at start, which libvirt keeps apart when it is smaller.
  public var memory: UInt64 {
    get { root["memory"].flatMap(Self.bytes) ?? 0 }
    set {
      setMemory("memory", newValue)
      root["currentMemory"] = nil
    }
  }

  /// The memory at start in bytes: `memory` unless said otherwise.
  public var currentMemory: UInt64 {
    get { root["currentMemory"].flatMap(Self.bytes) ?? memory }
    set { setMemory("currentMemory", newValue) }
  }

  /// Virtual processors; 1 when not said.
  public var vcpus: Int {
    get { root[text: "vcpu"].flatMap { Int($0.trimmed) } ?? 1 }
    set { root[text: "vcpu"] = String(newValue) }
  }

  /// What happens when the guest powers off: `destroy`, `restart`, `preserve`.
  public var onPowerOff: String? {
    get { root[text: "on_poweroff"] }
    set { root[text: "on_poweroff"] = newValue }
  }

  /// What happens when the guest restarts: `restart`, `destroy`, `preserve`.
  public var onReboot: String? {
    get { root[text: "on_reboot"] }
    set { root[text: "on_reboot"] = newValue }
  }

  /// What happens when the guest crashes: `destroy`, `restart`, `preserve`, ...
  public var onCrash: String? {
    get { root[text: "on_crash"] }
    set { root[text: "on_crash"] = newValue }
  }

  private mutating func setMemory(_ name: String, _ bytes: UInt64) {
    root[text: name] = String(bytes >> 10)
    root.edit(name) { $0[attribute: "unit"] = "KiB" }
  }

  /// libvirt reads KiB when no unit is given, and takes decimal and binary units alike.
  private static func bytes(_ element: Element) -> UInt64? {
    guard let value = UInt64(element.text.trimmed) else { return nil }
    let factor: UInt64
    switch element[attribute: "unit"] ?? "KiB" {
    case "b", "bytes": factor = 1
    case "KB": factor = 1_000
    case "k", "KiB": factor = 1 << 10
    case "MB": factor = 1_000_000
    case "M", "MiB": factor = 1 << 20
    case "GB": factor = 1_000_000_000
    case "G", "GiB": factor = 1 << 30
    case "TB": factor = 1_000_000_000_000
    case "T", "TiB": factor = 1 << 40
    default: return nil
    }
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let kept = drop { $0.isWhitespace }
    return String(kept.reversed().drop { $0.isWhitespace }.reversed())
  }
}
