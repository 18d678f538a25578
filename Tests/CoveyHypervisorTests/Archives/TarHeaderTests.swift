import Testing

@testable import CoveyHypervisor

@Suite struct TarHeaderTests {
  @Test(arguments: [0, 1, 511, 512, 1 << 20, 8 << 30, (8 << 30) - 1, 1 << 40] as [Int64])
  func anEntryIsReadAsItWasWritten(_ size: Int64) throws {
    let header = TarHeader(name: "disk.qcow2", size: size)
    #expect(try TarHeader(header.bytes) == header)
    #expect(Int64(header.padding) == (512 - size % 512) % 512)
  }

  @Test func theEndIsABlockOfZeros() throws {
    #expect(try TarHeader([UInt8](repeating: 0, count: 512)) == nil)
  }

  @Test(arguments: ["../up", "/etc/passwd", "a/b", "", ".hidden", "new\nline", "ä"])
  func onlyPlainNamesAreRead(_ name: String) {
    #expect(throws: TarHeader.Unreadable.self) {
      try TarHeader(TarHeader(name: name, size: 1).bytes)
    }
  }

  @Test(arguments: Array("1234567xgLK".utf8))
  func onlyPlainFilesAreRead(_ kind: UInt8) {
    var bytes = TarHeader(name: "disk.qcow2", size: 1).bytes
    bytes[156] = kind
    #expect(throws: TarHeader.Unreadable.self) { try TarHeader(summed(bytes)) }
  }

  @Test func aFlippedBitAnywhereIsFound() {
    let bytes = TarHeader(name: "disk.qcow2", size: 77).bytes
    for place in [0, 50, 100, 130, 148, 156, 257, 300, 511] {
      var broken = bytes
      broken[place] ^= 4
      #expect(throws: TarHeader.Unreadable.self, "byte \(place)") { try TarHeader(broken) }
    }
  }

  /// Writes the sum anew, so that the sum is not what refuses it.
  private func summed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for place in 148..<156 { bytes[place] = 32 }
    let sum = bytes.reduce(0) { $0 + Int($1) }
    let digits = Array(String(sum, radix: 8).utf8)
    let text = [UInt8](repeating: 48, count: 6 - digits.count) + digits + [0, 32]
    bytes.replaceSubrange(148..<156, with: text)
    return bytes
  }
}
