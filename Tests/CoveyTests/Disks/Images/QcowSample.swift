@testable import Covey

/// A small, sound qcow2 image, byte by byte, that a test may spoil.
///
/// Clusters of 512 bytes: header, refcount table, refcount block, L1 table.
struct QcowSample {
  var magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]
  var version: UInt32 = 3
  var backing: [UInt8] = []
  var backingOffset: UInt64?
  var clusterBits: UInt32 = 9
  var size: UInt64 = 1 << 20
  var encryption: UInt32 = 0
  var l1Entries: UInt32 = 32
  var l1Offset: UInt64 = 1536
  var refcountOffset: UInt64 = 512
  var refcountClusters: UInt32 = 1
  var snapshots: UInt32 = 0
  var incompatible: UInt64 = 0
  var refcountOrder: UInt32 = 4
  var length: UInt32 = 112
  var compression: UInt8 = 0
  var extensions: [(type: UInt32, length: UInt32?, data: [UInt8])] = []

  var bytes: [UInt8] {
    var file = [UInt8](repeating: 0, count: 2048)
    file.replaceSubrange(0..<4, with: magic)
    let nameOffset: UInt64 = backing.isEmpty ? 0 : 400
    file.put(version, at: 4)
    file.put(backingOffset ?? nameOffset, at: 8)
    file.put(UInt32(backing.count), at: 16)
    file.put(clusterBits, at: 20)
    file.put(size, at: 24)
    file.put(encryption, at: 32)
    file.put(l1Entries, at: 36)
    file.put(l1Offset, at: 40)
    file.put(refcountOffset, at: 48)
    file.put(refcountClusters, at: 56)
    file.put(snapshots, at: 60)
    if version != 2 {
      file.put(incompatible, at: 72)
      file.put(refcountOrder, at: 96)
      file.put(length, at: 100)
      file[104] = compression
    }
    var offset = version == 2 ? 72 : 112
    for item in extensions {
      file.put(item.type, at: offset)
      file.put(item.length ?? UInt32(item.data.count), at: offset + 4)
      file.replaceSubrange(offset + 8..<offset + 8 + item.data.count, with: item.data)
      offset += 8 + (item.data.count + 7) / 8 * 8
    }
    file.replaceSubrange(400..<400 + backing.count, with: backing)
    return file
  }

  mutating func point(at name: String) { backing = Array(name.utf8) }
}

extension [UInt8] {
  /// Writes a number, big end first.
  mutating func put<T: FixedWidthInteger>(_ number: T, at offset: Int) {
    for index in 0..<MemoryLayout<T>.size {
      let shift = (MemoryLayout<T>.size - 1 - index) * 8
      self[offset + index] = UInt8(truncatingIfNeeded: number >> T(shift))
    }
  }

  /// Writes a number, little end first.
  mutating func putLittle<T: FixedWidthInteger>(_ number: T, at offset: Int) {
    for index in 0..<MemoryLayout<T>.size {
      self[offset + index] = UInt8(truncatingIfNeeded: number >> T(index * 8))
    }
  }
}

/// The refusal of a file's bytes; nil when they are taken.
func refusal(
  of bytes: [UInt8], declared: ImageFormat? = nil, limits: ImageLimits = .init()
) -> ImageRefusal? {
  do {
    _ = try ImageVerdict(ImageBytes(bytes), declared: declared, limits: limits)
    return nil
  } catch {
    return error
  }
}
