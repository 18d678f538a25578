/// A `<domain>` document: what a guest is made of.
///
/// A typed view: reading and changing what it names leaves everything else in the tree as it
/// was. Built documents contain only what was asked for; libvirt fills in the rest when the
/// domain is defined.
public struct DomainDocument: Sendable, Hashable {
  /// The whole document, for what the view does not name.
  public var root: Element

  /// Reads a document. Throws `XMLProblem`, `.unexpectedRoot` for anything but `<domain>`.
  public init(parsing text: String) throws(XMLProblem) {
    let root = try Element(parsing: text)
    guard root.name == "domain" else {
      throw .unexpectedRoot(root.name, expected: "domain")
    }
    self.root = root
  }

  /// A minimal machine that boots, without disks, cards or consoles.
  ///
  /// It has ACPI, no USB controller, no balloon, UTC, and is stopped for good when it powers
  /// off or crashes.
  ///
  /// - Parameters:
  ///   - name: unique on the host.
  ///   - type: `qemu` for emulation, `kvm` for hardware virtualization.
  ///   - memory: bytes, rounded down to KiB.
  ///   - vcpus: virtual processors, at least 1.
  ///   - machine: for example `q35`; nil lets libvirt choose.
  ///   - architecture: for example `x86_64`.
  public init(
    name: String, type: DomainType = .qemu, memory: UInt64 = 256 << 20, vcpus: Int = 1,
    machine: String? = nil, architecture: String = "x86_64"
  ) {
    root = Element("domain")
    self.type = type
    self.name = name
    self.memory = memory
    self.vcpus = vcpus
    root.edit("os", "type") { $0.children = [.text("hvm")] }
    self.architecture = architecture
    self.machine = machine
    features = ["acpi", "apic"]
    clockOffset = "utc"
    onPowerOff = "destroy"
    onReboot = "restart"
    onCrash = "destroy"
    hasUSB = false
    memoryBalloon = "none"
  }

  /// The document as text; lines only where the tree has none of its own. Throws `XMLProblem`.
  public func serialised() throws(XMLProblem) -> String { try root.serialised(indented: true) }
}
