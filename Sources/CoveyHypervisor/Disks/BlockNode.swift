/// An image that QEMU has open, or the file below it.
struct BlockNode: Hashable, Sendable, Decodable {
  let name: String
  let driver: String
  let file: String
  let bitmaps: [DirtyBitmap]

  private enum CodingKeys: String, CodingKey {
    case name = "node-name"
    case driver = "drv"
    case file
    case bitmaps = "dirty-bitmaps"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decode(String.self, forKey: .name)
    driver = try fields.decode(String.self, forKey: .driver)
    file = try fields.decode(String.self, forKey: .file)
    bitmaps = try fields.decodeIfPresent([DirtyBitmap].self, forKey: .bitmaps) ?? []
  }
}

/// A memory of what changed, in one image.
struct DirtyBitmap: Hashable, Sendable, Decodable {
  /// Empty for a job's own.
  let name: String
  /// Bytes that were written.
  let count: Int64
  let recording: Bool
  let busy: Bool
  let persistent: Bool
  let inconsistent: Bool?

  private enum CodingKeys: String, CodingKey {
    case name, count, recording, busy, persistent, inconsistent
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    name = try fields.decodeIfPresent(String.self, forKey: .name) ?? ""
    count = try fields.decode(Int64.self, forKey: .count)
    recording = try fields.decode(Bool.self, forKey: .recording)
    busy = try fields.decode(Bool.self, forKey: .busy)
    persistent = try fields.decode(Bool.self, forKey: .persistent)
    inconsistent = try fields.decodeIfPresent(Bool.self, forKey: .inconsistent)
  }

  var isSound: Bool { recording && persistent && !busy && inconsistent != true }
}
