/// The text in a VMDK that says of which files it consists.
struct VMDKDescriptor: Hashable, Sendable {
  /// One file of the disk: `RW 20480 SPARSE "disk.vmdk"`.
  struct Extent: Hashable, Sendable {
    let kind: String
    /// For people: control characters are replaced.
    let file: String
  }

  /// Such as `monolithicSparse`; empty when it is not said.
  let type: String
  /// `ffffffff` when there is no parent; empty when it is not said.
  let parent: String
  let extents: [Extent]
  let isEncrypted: Bool

  /// Reads as far as the first zero byte; what it does not understand it leaves out.
  init(_ text: [UInt8]) {
    let lines = text.prefix { $0 != 0 }.split { $0 == 0x0A || $0 == 0x0D }
    var values: [String: String] = [:]
    var extents: [Extent] = []
    for line in lines {
      if let extent = Self.extent(line) {
        extents.append(extent)
      } else if let (key, value) = Self.assignment(line), values[key] == nil {
        values[key] = value
      }
    }
    type = values["createType"] ?? ""
    parent = values["parentCID"]?.lowercased() ?? ""
    isEncrypted = values.keys.contains { $0.hasPrefix("encryption.") }
    self.extents = extents
  }

  private static func extent(_ line: ArraySlice<UInt8>) -> Extent? {
    let words = line.split(maxSplits: 3) { $0 == 0x20 || $0 == 0x09 }
    let access = words.first.map { String(decoding: $0, as: UTF8.self) }
    guard let access, ["RW", "RDONLY", "NOACCESS"].contains(access), words.count > 2 else {
      return nil
    }
    let name = words.dropFirst(3).first?.split(
      separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    return Extent(
      kind: ImageBytes.shown(words[2]), file: ImageBytes.shown(name?.dropFirst().first ?? []))
  }

  private static func assignment(_ line: ArraySlice<UInt8>) -> (key: String, value: String)? {
    let sides = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
    guard sides.count == 2, line.first != UInt8(ascii: "#") else { return nil }
    let bare = sides.map { side in
      ImageBytes.shown(side.filter { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: "\"") })
    }
    return (bare[0], bare[1])
  }

  /// Where the bytes name a parent, whatever stands around it: QEMU searches no better.
  static func parent(in bytes: ArraySlice<UInt8>) -> String? {
    let key = Array("parentFileNameHint".utf8)
    guard let range = bytes.firstRange(of: key) else { return nil }
    let rest = bytes[range.upperBound...].drop { $0 != UInt8(ascii: "\"") }.dropFirst()
    return ImageBytes.shown(rest.prefix { $0 != UInt8(ascii: "\"") })
  }

  /// The refusal of a disk whose data lie in other files.
  var scattered: ImageRefusal {
    .scattered(type: type.isEmpty ? "unknown" : type, files: extents.map(\.file))
  }

  /// Inside of a sparse file, which holds its own data.
  func judge() throws(ImageRefusal) {
    guard !isEncrypted else { throw .encrypted("VMware's encryption") }
    guard ["monolithicSparse", "streamOptimized"].contains(type) else { throw scattered }
    guard parent == "ffffffff" else { throw .backingFile("the parent \(parent)") }
    guard extents.count == 1, extents[0].kind == "SPARSE", !extents[0].file.contains("/"),
      extents[0].file != ".."
    else { throw scattered }
  }
}
