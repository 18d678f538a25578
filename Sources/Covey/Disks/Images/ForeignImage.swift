/// What covey knows and does not take.
public enum ForeignImage: String, Hashable, Sendable, CaseIterable {
  case qcow, qed, vhdx, vpc, vdi, luks, parallels, vmfsSparse, bochs, cloop, dmg
  case gzip, xz, zstd, bzip2, zip, tar

  private typealias Mark = (image: ForeignImage, offset: Int, magic: [UInt8])

  /// Offsets and bytes from QEMU's `block/*.c` and from file(1)'s magic.
  private static let marks: [Mark] = [
    (.qed, 0, Array("QED\0".utf8)), (.vhdx, 0, Array("vhdxfile".utf8)),
    (.vpc, 0, Array("conectix".utf8)), (.vdi, 64, [0x7F, 0x10, 0xDA, 0xBE]),
    (.luks, 0, Array("LUKS".utf8) + [0xBA, 0xBE]),
    (.parallels, 0, Array("WithoutFreeSpace".utf8)),
    (.parallels, 0, Array("WithouFreSpacExt".utf8)), (.vmfsSparse, 0, Array("COWD".utf8)),
    (.bochs, 0, Array("Bochs Virtual HD Image".utf8)),
    (.cloop, 0, Array("#!/bin/sh\n#V2.0 Format".utf8)),
    (.gzip, 0, [0x1F, 0x8B, 0x08]), (.xz, 0, [0xFD] + Array("7zXZ\0".utf8)),
    (.zstd, 0, [0x28, 0xB5, 0x2F, 0xFD]), (.bzip2, 0, Array("BZh".utf8)),
    (.zip, 0, Array("PK".utf8) + [3, 4]), (.tar, 257, Array("ustar".utf8)),
  ]

  init?(_ bytes: ImageBytes) {
    if let mark = Self.marks.first(where: { bytes.begins(with: $0.magic, at: $0.offset) }) {
      self = mark.image
      return
    }
    // Fixed VHDs and DMGs are known by their last sector; a VHD's may lack its last byte.
    let ends = [512, 511].map { bytes.tail.suffix($0) }
    if ends.contains(where: { $0.starts(with: "conectix".utf8) }) {
      self = .vpc
    } else if ends[0].starts(with: "koly".utf8) {
      self = .dmg
    } else {
      return nil
    }
  }

  private var isPacked: Bool {
    switch self {
    case .gzip, .xz, .zstd, .bzip2, .zip, .tar: true
    default: false
    }
  }

  /// As the end of "it is".
  var words: String {
    switch self {
    case .qcow: "a qcow image of version 1"
    case .vpc: "a VHD (vpc) image"
    case .luks: "a LUKS volume"
    case .vmfsSparse: "a vmfsSparse extent of ESX"
    case .tar: "a tar archive, as OVA files are"
    case _ where isPacked: "a file packed with \(rawValue)"
    default: "a \(rawValue) image"
    }
  }

  var hint: String {
    if isPacked { return "unpack it first, and give covey the disk that is in it" }
    if self == .luks { return "decrypt it first, where it comes from" }
    return "convert it first, where it comes from: qemu-img convert -f \(tool) -O qcow2 IMAGE NEW"
  }

  /// QEMU's name for the format.
  private var tool: String { self == .vmfsSparse ? "vmdk" : rawValue }
}
