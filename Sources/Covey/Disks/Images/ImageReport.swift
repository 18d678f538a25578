/// What `qemu-img info --output=json` says of an image.
///
/// It ends with 0 however wild the image is, so its words are judged field by field.
public struct ImageReport: Hashable, Sendable, Decodable {
  let format: String
  let virtualSize: Int64
  let backing: String?
  let isEncrypted: Bool
  let isDirty: Bool
  let snapshots: Int
  let data: FormatData
  /// Names of the nodes below it, from QEMU 8.1 on.
  let children: [String]

  /// What only some formats have.
  struct FormatData: Hashable, Sendable, Decodable {
    var corrupt: Bool?
    var dataFile: String?
    var extents: [Extent]?

    struct Extent: Hashable, Sendable, Decodable { let filename: String }

    private enum CodingKeys: String, CodingKey {
      case corrupt, extents
      case dataFile = "data-file"
    }
  }

  private struct Specific: Decodable { var data: FormatData? }
  private struct Snapshot: Decodable {}
  private struct Child: Decodable { let name: String }

  private enum CodingKeys: String, CodingKey {
    case format, encrypted, snapshots, children
    case virtualSize = "virtual-size"
    case backing = "backing-filename"
    case dirty = "dirty-flag"
    case specific = "format-specific"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    format = try fields.decode(String.self, forKey: .format)
    virtualSize = try fields.decode(Int64.self, forKey: .virtualSize)
    backing = try fields.decodeIfPresent(String.self, forKey: .backing)
    isEncrypted = try fields.decodeIfPresent(Bool.self, forKey: .encrypted) ?? false
    isDirty = try fields.decodeIfPresent(Bool.self, forKey: .dirty) ?? false
    snapshots = try fields.decodeIfPresent([Snapshot].self, forKey: .snapshots)?.count ?? 0
    data = try fields.decodeIfPresent(Specific.self, forKey: .specific)?.data ?? FormatData()
    children = try fields.decodeIfPresent([Child].self, forKey: .children)?.map(\.name) ?? []
  }

  /// Refuses what speaks against the image, and whatever differs from covey's own reading.
  ///
  /// - `file`: the only name that the report may mention, besides `below`, on which the image stands on purpose.
  public func agree(with verdict: ImageVerdict, file: String, on below: String? = nil)
    throws(ImageRefusal)
  {
    guard backing == below else {
      throw .backingFile(backing.map { ImageBytes.shown($0.utf8) } ?? "no file at all")
    }
    if let name = data.dataFile { throw .dataFile(ImageBytes.shown(name.utf8)) }
    let extents = (data.extents ?? []).map(\.filename).filter { $0 != file }
    guard extents.isEmpty else {
      throw .scattered(type: format, files: extents.map { ImageBytes.shown($0.utf8) })
    }
    if let child = children.first(where: { $0 != "file" }) {
      throw .disagreement("set of files", own: "file", qemu: ImageBytes.shown(child.utf8))
    }
    guard !isEncrypted else { throw .encrypted("a key") }
    guard snapshots == 0 else { throw .snapshots(snapshots) }
    guard data.corrupt != true else { throw .corrupt }
    guard !isDirty else { throw .dirty }
    guard format == verdict.format.rawValue else {
      throw .disagreement("format", own: verdict.format.rawValue, qemu: format)
    }
    guard virtualSize == verdict.virtualSize.bytes else {
      throw .disagreement(
        "virtual size", own: "\(verdict.virtualSize.bytes)", qemu: "\(virtualSize)")
    }
  }
}
