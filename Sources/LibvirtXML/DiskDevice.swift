/// A `<disk>`: an image file on the host and how the guest sees it.
public struct DiskDevice: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// A disk on an image file.
  ///
  /// - Parameters:
  ///   - file: absolute path on the host.
  ///   - format: `qcow2` or `raw`; always say it, or a guest could disguise its image.
  ///   - target: the name that orders the guest's disks, for example `vda`.
  ///   - bus: `virtio`, `sata`, `scsi`, ...
  public init(file: String, format: String = "qcow2", target: String, bus: String = "virtio") {
    element = Element(
      "disk", attributes: [.init("type", "file"), .init("device", "disk")],
      children: [
        .element(Element("driver", attributes: [.init("name", "qemu"), .init("type", format)])),
        .element(Element("source", attributes: [.init("file", file)])),
        .element(Element("target", attributes: [.init("dev", target), .init("bus", bus)])),
      ])
  }

  /// `disk`, `cdrom`, `lun` or `floppy`.
  public var device: String {
    get { element[attribute: "device"] ?? "disk" }
    set { element[attribute: "device"] = newValue }
  }

  /// Where the data is: `file`, `block`, `network`, ...
  public var type: String {
    get { element[attribute: "type"] ?? "file" }
    set { element[attribute: "type"] = newValue }
  }

  /// The image file; nil for an empty drive and for other types.
  public var file: String? {
    get { get("source", "file") }
    set { set("source", "file", newValue) }
  }

  /// The image's format.
  public var format: String? {
    get { get("driver", "type") }
    set { set("driver", "type", newValue) }
  }

  /// The name that orders the guest's disks.
  public var target: String? {
    get { get("target", "dev") }
    set { set("target", "dev", newValue) }
  }

  public var bus: String? {
    get { get("target", "bus") }
    set { set("target", "bus", newValue) }
  }

  /// How the host caches: `none`, `writeback`, `unsafe`, ...
  public var cache: String? {
    get { get("driver", "cache") }
    set { set("driver", "cache", newValue) }
  }

  /// What happens to blocks that the guest gives up: `unmap` or `ignore`.
  public var discard: String? {
    get { get("driver", "discard") }
    set { set("driver", "discard", newValue) }
  }

  /// How the host reads and writes: `native`, `threads` or `io_uring`.
  public var io: String? {
    get { get("driver", "io") }
    set { set("driver", "io", newValue) }
  }

  /// What the guest reads back as the disk's serial number.
  public var serial: String? {
    get { element[text: "serial"] }
    set { element[text: "serial"] = newValue }
  }

  /// Whether the guest may only read.
  public var isReadOnly: Bool {
    get { element["readonly"] != nil }
    set { element["readonly"] = newValue ? element["readonly"] ?? Element("readonly") : nil }
  }

  /// The images below the disk's own, nearest first; nil leaves finding them to libvirt.
  ///
  /// Written as nested `<backingStore>` elements that end in an empty one, which keeps libvirt
  /// from reading the images' own headers. An empty list says: there is nothing below.
  public var backingChain: [BackingImage]? {
    get { element["backingStore"].map(BackingImage.chain) }
    set { element["backingStore"] = newValue.map { BackingImage.element(for: $0[...]) } }
  }

  /// What the disk is being copied or merged into; nil when it is not, and in a definition.
  public var mirror: DiskMirror? { element["mirror"].map(DiskMirror.init(element:)) }
}
