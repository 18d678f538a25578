extension DomainDocument {
  /// The namespace of the elements that pass through to QEMU.
  public static let qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0"

  /// Arguments that are added to QEMU's command line as they are, one per word.
  ///
  /// libvirt marks such a domain as tainted. An empty list removes the element unless it also
  /// sets environment variables.
  public var qemuArguments: [String] {
    get {
      qemuElement("commandline")?.elements
        .filter { $0.localName == "arg" }.compactMap { $0[attribute: "value"] } ?? []
    }
    set {
      editQEMU("commandline", make: !newValue.isEmpty) { commandLine, prefix in
        let arguments = newValue.map {
          Element(prefix + "arg", attributes: [.init("value", $0)])
        }
        commandLine.replace(arguments) { $0.localName == "arg" }
      }
    }
  }

  /// Features of QEMU that libvirt is to treat as missing.
  public var removedQEMUCapabilities: [String] {
    get {
      qemuElement("capabilities")?.elements
        .filter { $0.localName == "del" }.compactMap { $0[attribute: "capability"] } ?? []
    }
    set {
      editQEMU("capabilities", make: !newValue.isEmpty) { capabilities, prefix in
        let removed = newValue.map {
          Element(prefix + "del", attributes: [.init("capability", $0)])
        }
        capabilities.replace(removed) { $0.localName == "del" }
      }
    }
  }

  private func qemuElement(_ localName: String) -> Element? {
    root.elements.first { isQEMU($0, localName) }
  }

  private func isQEMU(_ element: Element, _ localName: String) -> Bool {
    element.localName == localName
      && element.namespace(inheriting: root.declaredNamespaces) == Self.qemuNamespace
  }

  /// Changes the element, made and declared on demand; an empty one is removed.
  private mutating func editQEMU(
    _ localName: String, make: Bool, change: (inout Element, _ prefix: String) -> Void
  ) {
    guard qemuElement(localName) != nil || make else { return }
    let declared = root.declaredNamespaces
      .first { $0.value == Self.qemuNamespace && !$0.key.isEmpty }?.key
    if declared == nil && qemuElement(localName) == nil {
      root[attribute: "xmlns:qemu"] = Self.qemuNamespace
    }
    var element = qemuElement(localName) ?? Element("\(declared ?? "qemu"):\(localName)")
    change(&element, element.prefix.isEmpty ? "" : element.prefix + ":")
    let document = self
    root.replace(element.elements.isEmpty ? [] : [element]) { document.isQEMU($0, localName) }
  }
}
