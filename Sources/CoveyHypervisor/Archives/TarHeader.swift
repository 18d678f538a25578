import Covey

/// One entry of a tar archive: a regular file under a plain name (POSIX `ustar`, with GNU's way to write large sizes).
///
/// Written the same for the same file, whoever writes it and when; read strictly, since archives come from elsewhere.
struct TarHeader: Hashable, Sendable {
  static let block = 512

  /// Up to 100 bytes, without a slash.
  let name: String
  let size: Int64

  /// Bytes from the end of the content to the next entry.
  var padding: Int { Int((Int64(Self.block) - size % Int64(Self.block)) % Int64(Self.block)) }

  // Where fields lie, as `tar(5)` has them.
  private static let nameField = 0..<100
  private static let modeField = 100..<108
  private static let sizeField = 124..<136
  private static let sumField = 148..<156
  private static let kindField = 156
  private static let magicField = 257..<265
  private static let largestOctal: Int64 = 0o77_777_777_777

  init(name: String, size: Int64) {
    self.name = name
    self.size = size
  }

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at place: Int) {
      for (offset, byte) in text.utf8.enumerated() { bytes[place + offset] = byte }
    }
    put(name, at: Self.nameField.lowerBound)
    put("0000644\0", at: Self.modeField.lowerBound)
    put("0000000\0" + "0000000\0", at: Self.modeField.upperBound)
    if size <= Self.largestOctal {
      put(Self.octal(size, digits: 11) + "\0", at: Self.sizeField.lowerBound)
    } else {
      bytes[Self.sizeField.lowerBound] = 0x80
      for offset in 0..<8 {
        bytes[Self.sizeField.upperBound - 1 - offset] = UInt8(
          truncatingIfNeeded: size >> (8 * Int64(offset)))
      }
    }
    put("00000000000\0", at: Self.sizeField.upperBound)
    bytes[Self.kindField] = UInt8(ascii: "0")
    put("ustar\u{0}00", at: Self.magicField.lowerBound)
    put(Self.octal(Self.sum(of: bytes), digits: 6) + "\0 ", at: Self.sumField.lowerBound)
    return bytes
  }

  /// Nil for the block of zeros that ends an archive.
  ///
  /// - Throws: `Unreadable` for everything that is not a plain file with a plain name.
  init?(_ bytes: [UInt8]) throws(Unreadable) {
    guard bytes.count == Self.block else { throw Unreadable(why: "it ends in the middle") }
    if bytes.allSatisfy({ $0 == 0 }) { return nil }
    guard Array(bytes[Self.magicField.prefix(5)]) == Array("ustar".utf8),
      Self.octal(bytes[Self.sumField]) == Self.sum(of: bytes)
    else { throw Unreadable(why: "it is no tar archive, or a damaged one") }
    let name = bytes[Self.nameField].prefix { $0 != 0 }
    guard let text = String(validating: name, as: UTF8.self), !text.isEmpty,
      text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }),
      !text.hasPrefix(".")
    else { throw Unreadable(why: "a file in it has a name that no export writes") }
    guard bytes[Self.kindField] == UInt8(ascii: "0") else {
      throw Unreadable(why: "\"\(text)\" in it is no plain file")
    }
    guard let size = Self.size(bytes[Self.sizeField]), size >= 0 else {
      throw Unreadable(why: "\"\(text)\" in it has no size")
    }
    self.init(name: text, size: size)
  }

  /// Why an archive cannot be read, as the end of a sentence.
  struct Unreadable: Error {
    let why: String
  }

  private static func size(_ field: ArraySlice<UInt8>) -> Int64? {
    guard field.first == 0x80 else { return octal(field) }
    return Int64(
      exactly: field.dropFirst(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The sum of all bytes, where those of the sum itself count as spaces.
  private static func sum(of bytes: [UInt8]) -> Int64 {
    bytes.enumerated().reduce(0) { sum, byte in
      sum + (sumField.contains(byte.offset) ? 32 : Int64(byte.element))
    }
  }

  private static func octal(_ number: Int64, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    return Int64(String(decoding: digits, as: UTF8.self), radix: 8)
  }
}
