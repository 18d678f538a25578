import Covey
import Foundation

/// Which blocks of a disk a layer holds itself.
struct LayerMap: Hashable, Sendable {
  /// Byte ranges in order, none touching another.
  private(set) var ranges: [Range<Int64>] = []

  /// Reads a layer's map. The file may be in use.
  static func of(_ path: String, subject: String) async throws -> LayerMap {
    let output = try await Program.qemuImg.run(
      ["map", "-U", "-f", "qcow2", "--output=json", path], to: "cannot look into \(path)",
      subject: subject)
    return try LayerMap(json: output.text, path: path)
  }

  /// - `json`: what `qemu-img map --output=json` prints.
  init(json: String, path: String) throws {
    struct Extent: Decodable {
      let start: Int64
      let length: Int64
      let depth: Int
      let present: Bool?
    }
    let extents: [Extent]
    do { extents = try JSONDecoder().decode([Extent].self, from: Data(json.utf8)) } catch {
      throw Problem(.internal, subject: path, "qemu-img's map of \(path) cannot be read: \(error)")
    }
    for extent in extents where extent.depth == 0 && extent.present ?? true {
      add(extent.start..<extent.start + extent.length)
    }
  }

  init() {}

  var size: ByteCount { ByteCount(bytes: ranges.reduce(0) { $0 + Int64($1.count) }) }

  /// Both maps' blocks together.
  func union(_ other: LayerMap) -> LayerMap {
    var union = LayerMap()
    for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      union.add(range)
    }
    return union
  }

  private mutating func add(_ range: Range<Int64>) {
    guard let last = ranges.last, range.lowerBound <= last.upperBound else {
      if !range.isEmpty { ranges.append(range) }
      return
    }
    ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
  }
}
