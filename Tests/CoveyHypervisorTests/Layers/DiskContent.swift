import Covey
import Glibc
import Support

/// What a disk should read: one byte for each sector, which the sector is full of.
struct DiskContent: Hashable, Sendable {
  static let sector = 512
  private(set) var sectors: [UInt8]

  /// A pattern in the first half, zeros in the rest.
  ///
  /// - `start`: patterns that begin elsewhere differ in every sector.
  init(patternOf size: Int, from start: Int = 0) {
    let count = size / Self.sector
    sectors = (0..<count).map { $0 < count / 2 ? UInt8(1 + ($0 + start) % 251) : 0 }
  }

  var size: Int { sectors.count * Self.sector }

  mutating func apply(_ write: DiskWrite) {
    for sector in write.sectors where sectors.indices.contains(sector) {
      sectors[sector] = write.byte
    }
  }

  mutating func grow(to size: Int) {
    sectors += [UInt8](repeating: 0, count: max(0, size / Self.sector - sectors.count))
  }

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { room in
      for (sector, byte) in sectors.enumerated() where byte != 0 {
        let place = sector * Self.sector
        room[place..<place + Self.sector].initializeMemory(as: UInt8.self, repeating: byte)
      }
    }
    return bytes
  }

  /// Where a disk's bytes differ; nil where they do not.
  func difference(from disk: [UInt8]) -> String? {
    guard disk.count == size else { return "it has \(disk.count) bytes instead of \(size)" }
    let expected = bytes
    // `==` goes byte by byte in a debug build, which cost these tests a quarter of their time.
    guard memcmp(expected, disk, size) != 0 else { return nil }
    let wrong = sectors.indices.filter {
      let range = $0 * Self.sector..<($0 + 1) * Self.sector
      return expected[range] != disk[range]
    }
    let first = wrong.prefix(3).map {
      "\($0) holds \(disk[$0 * Self.sector]) instead of \(sectors[$0])"
    }
    return "\(wrong.count) sectors differ: \(first.joined(separator: ", "))"
  }
}

/// Something that a guest writes.
struct DiskWrite: Hashable, Sendable, CustomStringConvertible {
  let sectors: Range<Int>
  /// Zero is written as such, and gives up the space where that is possible.
  let byte: UInt8

  /// A whole block of 64 KiB, a piece of 4 KiB anywhere, or a few blocks of zeros.
  static func random(below size: Int, using random: inout SeededGenerator) -> DiskWrite {
    let byte = UInt8.random(in: 1...255, using: &random)
    let blocks = size >> 16
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let first = Int.random(in: 0..<blocks - 4, using: &random) << 7
      return DiskWrite(
        sectors: first..<first + Int.random(in: 1...4, using: &random) << 7, byte: 0)
    case 1...4:
      let first = Int.random(in: 0..<blocks, using: &random) << 7
      return DiskWrite(sectors: first..<first + 128, byte: byte)
    default:
      let first = Int.random(in: 0..<size / DiskContent.sector - 8, using: &random)
      return DiskWrite(sectors: first..<first + 8, byte: byte)
    }
  }

  /// As qemu-io takes it.
  var command: String {
    let how = byte == 0 ? "-z -u" : "-P \(byte)"
    return "write \(how) \(sectors.lowerBound * DiskContent.sector) "
      + "\(sectors.count * DiskContent.sector)"
  }

  var description: String { "\(sectors)=\(byte)" }
}

/// What a guest's states should read: the present one, and each snapshot.
struct DiskBook: Sendable {
  var now: DiskContent
  var states: [Name: DiskContent] = [:]
}
