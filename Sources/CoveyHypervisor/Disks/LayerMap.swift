import Covey
import Foundation

/// Which blocks of a disk a layer holds itself.
struct LayerMap: Hashable, Sendable {
  /// Byte ranges in order, none touching another.
  private(set) var ranges: [Range<Int64>] = []

  /// How many clusters are looked at in one go: where each of them is by itself, qemu-img prints 4 MiB.
  private static let window = 1 << 15

  /// Reads a layer's map. The file may be in use.
  static func of(_ path: String, subject: String) async throws -> LayerMap {
    var map = LayerMap()
    for window in try windows(of: path) { try await map.read(window, of: path, subject) }
    return map
  }

  /// Whether a layer holds nothing itself. The file may be in use.
  static func isEmpty(_ path: String, subject: String) async throws -> Bool {
    var map = LayerMap()
    for window in try windows(of: path) where map.ranges.isEmpty {
      try await map.read(window, of: path, subject)
    }
    return map.ranges.isEmpty
  }

  private static func windows(of path: String) throws -> [Range<Int64>] {
    let (size, step) = (try QcowFile.virtualSize(of: path), try QcowFile.clusterSize(of: path))
    return stride(from: 0, to: size.bytes, by: window * step).map {
      $0..<min($0 + Int64(window * step), size.bytes)
    }
  }

  /// Of the file alone, whatever it says that it stands on: what lies below would be printed too.
  private mutating func read(_ window: Range<Int64>, of path: String, _ subject: String)
    async throws
  {
    let output = try await Program.qemuImg.run(
      [
        "map", "-U", "--output=json", "--start-offset=\(window.lowerBound)",
        "--max-length=\(window.count)",
        try QcowFile.alone(path),
      ], to: "cannot look into \(path)", subject: subject)
    try add(json: output.text, path: path)
  }

  /// - `json`: what `qemu-img map --output=json` prints.
  init(json: String, path: String) throws { try add(json: json, path: path) }

  private mutating func add(json: String, path: String) throws {
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
