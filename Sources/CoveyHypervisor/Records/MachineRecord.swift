import LibvirtXML

/// What libvirt writes down of a machine that runs, for itself to read after it ended (`run/qemu/NAME.xml` of its root). Pure.
///
/// Source: libvirt 9.0.
struct MachineRecord: Hashable, Sendable {
  private(set) var root: Element

  /// Nil for what is no such record.
  init?(parsing text: String) {
    guard let root = try? Element(parsing: text), root.name == "domstatus" else { return nil }
    self.root = root
  }

  func serialised() throws -> String { try root.serialised() }

  /// Where QEMU listens.
  var monitor: String? { root["monitor"]?[attribute: "path"] }
  var name: String? { root["domain"]?[text: "name"] }

  /// Jobs that libvirt takes up when it finds QEMU doing them. One that was only to begin is none, nor is a copy whose mirror was
  /// not yet written down: libvirt would never end them.
  var jobs: Set<String> {
    names { job in
      job[attribute: "state"] != "new"
        && (!Self.isCopy(job) || job["disk"]?[attribute: "mirror"] == "yes")
    }
  }

  /// Those of them, and others, that copy a disk until it turns to the copy.
  var copies: Set<String> { names(where: Self.isCopy) }

  private static func isCopy(_ job: Element) -> Bool { job[attribute: "type"] == "copy" }

  private func names(where isWanted: (Element) -> Bool) -> Set<String> {
    let jobs = (root["blockjobs"]?[all: "blockjob"] ?? []).filter(isWanted)
    return Set(jobs.compactMap { $0[attribute: "name"] })
  }

  var disks: [DiskDevice] {
    get { root.at("domain", "devices")?[all: "disk"].map(DiskDevice.init(element:)) ?? [] }
    set { root.edit("domain", "devices") { $0[all: "disk"] = newValue.map(\.element) } }
  }

  /// What mirrors stand on. libvirt opens that when a disk turns to its mirror, and not before.
  var nodesBelowMirrors: Set<String> {
    disks.reduce(into: []) { found, disk in
      guard let below = disk.element.at("mirror", "backingStore") else { return }
      found.formUnion(Self.nodes(in: below))
    }
  }

  /// The nodes of QEMU's that it names, anywhere.
  var nodes: Set<String> { Self.nodes(in: root) }

  private static func nodes(in element: Element) -> Set<String> {
    let own = element.name == "nodename" ? element[attribute: "name"].map { [$0] } ?? [] : []
    return element.elements.reduce(into: Set(own)) { $0.formUnion(nodes(in: $1)) }
  }

  /// QEMU does none of the jobs that it tells of.
  mutating func forgetJobs() {
    if root["blockjobs"] != nil {
      root["blockjobs"] = Element("blockjobs", attributes: [.init("active", "no")])
    }
    root["backups"] = nil
    if root["job"]?[attribute: "async"] == "backup" { root["job"] = nil }
    disks = disks.map { disk in
      var disk = disk
      disk.element["mirror"] = nil
      return disk
    }
  }

  /// Has a disk use these images.
  mutating func turn(_ disk: Int, to images: [OpenImage]) {
    disks[disk].turn(to: images, isLive: true)
  }

  /// libvirt counts the names that it gives, and QEMU takes none twice.
  mutating func countNames(upTo nodes: [String]) {
    let highest = nodes.compactMap(OpenImage.number).max() ?? 0
    guard let counted = root["nodename"]?[attribute: "index"].flatMap({ Int($0) }),
      counted < highest
    else { return }
    root.edit("nodename") { $0[attribute: "index"] = "\(highest)" }
  }
}

extension DiskDevice {
  /// The device in QEMU's own words; nil in a definition.
  var backend: String? { element.at("privateData", "qom")?[attribute: "name"] }

  /// The files that it uses, the one that it writes to first.
  var files: [String] { [file].compactMap(\.self) + (backingChain ?? []).map(\.file) }

  /// Uses these images. What is said of a file stays with it.
  ///
  /// - `isLive`: as a record of a machine that runs has it, and not a definition.
  mutating func turn(to images: [OpenImage], isLive: Bool) {
    guard let first = images.first else { return }
    let known = Self.sources(in: element)
    element["backingStore"] = Self.store(images.dropFirst(), known, isLive)
    var source = Self.source(first, known, isLive)
    if isLive { source[attribute: "index"] = first.index.map(String.init) }
    element["source"] = source
  }

  private static func sources(in element: Element) -> [String: Element] {
    var found: [String: Element] = [:]
    for child in element.elements {
      if child.name == "source", let file = child[attribute: "file"] { found[file] = child }
      if ["backingStore", "mirror"].contains(child.name) {
        found.merge(sources(in: child)) { own, _ in own }
      }
    }
    return found
  }

  private static func store(
    _ images: ArraySlice<OpenImage>, _ known: [String: Element], _ isLive: Bool
  ) -> Element {
    guard let image = images.first else { return Element("backingStore") }
    var store = Element("backingStore", attributes: [.init("type", "file")])
    if isLive { store[attribute: "index"] = image.index.map(String.init) }
    store.append(Element("format", attributes: [.init("type", image.format)]))
    store.append(source(image, known, isLive))
    store.append(self.store(images.dropFirst(), known, isLive))
    return store
  }

  private static func source(
    _ image: OpenImage, _ known: [String: Element], _ isLive: Bool
  ) -> Element {
    var source = known[image.file] ?? Element("source", attributes: [.init("file", image.file)])
    source[attribute: "index"] = nil
    guard isLive else { return source }
    source.edit("privateData", "nodenames") { names in
      names.children = [("storage", image.storage), ("format", image.node)].map { type, name in
        .element(Element("nodename", attributes: [.init("type", type), .init("name", name)]))
      }
    }
    return source
  }
}
