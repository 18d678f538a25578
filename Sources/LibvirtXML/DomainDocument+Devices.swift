extension DomainDocument {
  /// The disks, in the order of the document.
  public var disks: [DiskDevice] {
    get { views("disk") }
    set { setViews("disk", newValue) }
  }

  /// The network cards, in the order of the document.
  public var interfaces: [InterfaceDevice] {
    get { views("interface") }
    set { setViews("interface", newValue) }
  }

  /// The serial ports. libvirt adds a matching `<console>` to the first one by itself.
  public var serials: [CharacterDevice] {
    get { views("serial") }
    set { setViews("serial", newValue) }
  }

  /// The consoles.
  public var consoles: [CharacterDevice] {
    get { views("console") }
    set { setViews("console", newValue) }
  }

  /// The channels to programs in the guest.
  public var channels: [CharacterDevice] {
    get { views("channel") }
    set { setViews("channel", newValue) }
  }

  /// The emulator's path; nil lets libvirt choose.
  public var emulator: String? {
    get { root.at("devices", "emulator")?.text }
    set { root.edit("devices") { $0[text: "emulator"] = newValue } }
  }

  /// The host's source of random numbers for the guest, for example `/dev/urandom`; nil is none.
  public var randomSource: String? {
    get { root.at("devices", "rng", "backend")?.text }
    set {
      root.edit("devices") { devices in
        guard let newValue else {
          devices["rng"] = nil
          return
        }
        var rng = devices["rng"] ?? Element("rng", attributes: [.init("model", "virtio")])
        rng["backend"] = Element(
          "backend", text: newValue, attributes: [.init("model", "random")])
        devices["rng"] = rng
      }
    }
  }

  /// The balloon's model: `virtio` or `none`; nil lets libvirt choose, which means `virtio`.
  public var memoryBalloon: String? {
    get { root.at("devices", "memballoon")?[attribute: "model"] }
    set {
      root.edit("devices") { devices in
        guard let newValue else {
          devices["memballoon"] = nil
          return
        }
        // A balloon of another model has no use for the address and statistics of this one.
        if devices["memballoon"]?[attribute: "model"] != newValue {
          devices["memballoon"] = Element("memballoon", attributes: [.init("model", newValue)])
        }
      }
    }
  }

  /// Whether the guest's balloon reports pages that the guest does not use; a document without a virtio balloon never does.
  public var reportsFreePages: Bool {
    get { root.at("devices", "memballoon")?[attribute: "freePageReporting"] == "on" }
    set {
      guard newValue != reportsFreePages, memoryBalloon == "virtio" else { return }
      root.edit("devices", "memballoon") {
        $0[attribute: "freePageReporting"] = newValue ? "on" : nil
      }
    }
  }

  /// The controllers, as elements.
  public var controllers: [Element] {
    get { root["devices"]?[all: "controller"] ?? [] }
    set { root.edit("devices") { $0[all: "controller"] = newValue } }
  }

  /// Whether the guest has USB. libvirt adds a controller unless the document says `none`.
  public var hasUSB: Bool {
    get { !controllers.contains { $0.isUSB && $0[attribute: "model"] == "none" } }
    set {
      guard newValue != hasUSB else { return }
      controllers.removeAll(where: \.isUSB)
      guard !newValue else { return }
      controllers.append(
        Element("controller", attributes: [.init("type", "usb"), .init("model", "none")]))
    }
  }

  private func views<View: ElementView>(_ name: String) -> [View] {
    root["devices"]?[all: name].map(View.init(element:)) ?? []
  }

  /// The element's name decides the list it is in, so a view that was moved is renamed.
  private mutating func setViews<View: ElementView>(_ name: String, _ views: [View]) {
    root.edit("devices") { devices in
      devices[all: name] = views.map { view in
        var element = view.element
        element.name = name
        return element
      }
    }
  }
}

extension Element {
  fileprivate var isUSB: Bool { self[attribute: "type"] == "usb" }
}
