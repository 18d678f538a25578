extension DomainDocument {
  /// The processor architecture, for example `x86_64`; nil is the host's.
  public var architecture: String? {
    get { root.at("os", "type")?[attribute: "arch"] }
    set { root.edit("os", "type") { $0[attribute: "arch"] = newValue } }
  }

  /// The board, for example `pc-i440fx-7.2` or `q35`.
  public var machine: String? {
    get { root.at("os", "type")?[attribute: "machine"] }
    set { root.edit("os", "type") { $0[attribute: "machine"] = newValue } }
  }

  /// A kernel on the host that is booted instead of a disk; absolute path.
  public var kernel: String? {
    get { root.at("os", "kernel")?.text }
    set { root.edit("os") { $0[text: "kernel"] = newValue } }
  }

  /// The first root file system for `kernel`; absolute path.
  public var initrd: String? {
    get { root.at("os", "initrd")?.text }
    set { root.edit("os") { $0[text: "initrd"] = newValue } }
  }

  /// The command line for `kernel`.
  public var commandLine: String? {
    get { root.at("os", "cmdline")?.text }
    set { root.edit("os") { $0[text: "cmdline"] = newValue } }
  }

  /// What is booted, in order: `hd`, `cdrom`, `network`, `fd`.
  public var bootDevices: [String] {
    get { root["os"]?[all: "boot"].compactMap { $0[attribute: "dev"] } ?? [] }
    set {
      root.edit("os") { os in
        os[all: "boot"] = newValue.map { Element("boot", attributes: [.init("dev", $0)]) }
      }
    }
  }

  /// What firmware libvirt looks for: `bios` or `efi`; nil is the machine's own.
  public var firmware: String? {
    get { root["os"]?[attribute: "firmware"] }
    set { root.edit("os") { $0[attribute: "firmware"] = newValue } }
  }

  /// The file that keeps what UEFI firmware remembers; nil leaves its place to libvirt. Absolute path.
  public var firmwareState: String? {
    get { root.at("os", "nvram")?.text }
    set { root.edit("os") { $0[text: "nvram"] = newValue } }
  }

  /// How the processor is chosen: `host-model`, `host-passthrough`, `maximum`, `custom`; nil
  /// is the emulator's default.
  public var cpuMode: String? {
    get { root["cpu"]?[attribute: "mode"] }
    set {
      guard let newValue else {
        root["cpu"] = nil
        return
      }
      root.edit("cpu") { $0[attribute: "mode"] = newValue }
    }
  }

  /// The names of the features that are on, for example `acpi` and `apic`.
  ///
  /// Setting keeps the details of features that stay.
  public var features: [String] {
    get { root["features"]?.elements.map(\.name) ?? [] }
    set {
      root.edit("features") { features in
        let old = features
        features.replace(newValue.map { old[$0] ?? Element($0) }) { _ in true }
      }
      if newValue.isEmpty { root["features"] = nil }
    }
  }

  /// Where the guest's clock starts: `utc`, `localtime`, ...
  public var clockOffset: String? {
    get { root["clock"]?[attribute: "offset"] }
    set {
      guard let newValue else {
        root["clock"] = nil
        return
      }
      root.edit("clock") { $0[attribute: "offset"] = newValue }
    }
  }
}
