@testable import Covey

/// A small, sound VMDK in one file, byte by byte, that a test may spoil.
struct VMDKSample {
  var version: UInt32 = 1
  var flags: UInt32 = 3
  var capacity: UInt64 = 2048
  var grain: UInt64 = 128
  var descriptorOffset: UInt64 = 1
  var descriptorLength: UInt64 = 20
  var tableEntries: UInt32 = 512
  var spareDirectory: UInt64 = 21
  var directory: UInt64 = 26
  var overhead: UInt64 = 64
  var unclean: UInt8 = 0
  var lineEnds: [UInt8] = [0x0A, 0x20, 0x0D, 0x0A]
  var compression: UInt16 = 0
  var descriptor = text()
  /// Put behind the directory, where the data are.
  var rest: [UInt8] = []
  var hasFooter = false

  static func text(
    type: String = "monolithicSparse", parent: String = "parentCID=ffffffff",
    extents: [String] = ["RW 2048 SPARSE \"disk.vmdk\""]
  ) -> String {
    """
    # Disk DescriptorFile
    version=1
    CID=12345678
    \(parent)
    createType="\(type)"

    # Extent description
    \(extents.joined(separator: "\n"))

    ddb.adapterType = "ide"

    """
  }

  var bytes: [UInt8] {
    var file = [UInt8](repeating: 0, count: 66 * 512)
    file.replaceSubrange(0..<512, with: header(directory: directory))
    let text = Array(descriptor.utf8)
    file.replaceSubrange(512..<512 + text.count, with: text)
    file += rest
    if hasFooter {
      var marker = [UInt8](repeating: 0, count: 512)
      marker.putLittle(UInt64(1), at: 0)
      marker.putLittle(UInt32(3), at: 12)
      file += marker + header(directory: 26) + [UInt8](repeating: 0, count: 512)
    }
    return file
  }

  private func header(directory: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(0..<4, with: Array("KDMV".utf8))
    bytes.putLittle(version, at: 4)
    bytes.putLittle(flags, at: 8)
    bytes.putLittle(capacity, at: 12)
    bytes.putLittle(grain, at: 20)
    bytes.putLittle(descriptorOffset, at: 28)
    bytes.putLittle(descriptorLength, at: 36)
    bytes.putLittle(tableEntries, at: 44)
    bytes.putLittle(spareDirectory, at: 48)
    bytes.putLittle(directory, at: 56)
    bytes.putLittle(overhead, at: 64)
    bytes[72] = unclean
    bytes.replaceSubrange(73..<77, with: lineEnds)
    bytes.putLittle(compression, at: 77)
    return bytes
  }
}
