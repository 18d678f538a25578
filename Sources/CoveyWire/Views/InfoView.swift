/// One object with the version of its shape: the object's own fields and `schemaVersion` beside them.
public struct InfoView<Item: Codable & Sendable>: Codable, Sendable {
  public static var schemaVersion: Int { 1 }
  public var item: Item

  public init(_ item: Item) { self.item = item }

  public init(from decoder: any Decoder) throws { item = try Item(from: decoder) }

  public func encode(to encoder: any Encoder) throws {
    try item.encode(to: encoder)
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(Self.schemaVersion, forKey: .schemaVersion)
  }

  private enum Field: String, CodingKey { case schemaVersion }
}
