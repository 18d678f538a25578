/// What cloud-init finds in a guest, on a small disc of the guest's own (its `NoCloud` source).
///
/// Each guest has an `instance-id` of its own, so that cloud-init treats it as a new machine.
public struct CloudInit: Hashable, Sendable, Codable {
  /// `user-data`: a `#cloud-config` document or a script.
  public let userData: String
  /// `network-config`; nil has the guest ask DHCP.
  public let networkConfig: String?

  /// Bytes of each of the two.
  public static let longest = 64 << 10

  /// - Throws: `Refusal.outOfRange` for documents that are too long, and for user-data that cloud-init would ignore.
  public init(userData: String, networkConfig: String? = nil) throws(Refusal) {
    for (field, text) in [("user-data", userData), ("network-config", networkConfig ?? "")]
    where text.utf8.count > Self.longest {
      throw .outOfRange(
        field: field, value: "\(text.utf8.count) bytes", allowed: "\(Self.longest) bytes at most")
    }
    guard Self.isKnown(userData) else {
      let line = userData.split(whereSeparator: \.isNewline).first ?? ""
      throw .outOfRange(
        field: "user-data", value: "text that begins with \"\(line.prefix(40))\"",
        allowed: "a document that begins with #cloud-config, a script that begins with #!, "
          + "or a MIME message: cloud-init knows no others")
    }
    self.userData = userData
    self.networkConfig = networkConfig
  }

  /// cloud-init knows what it is given by how it begins; of anything else it tells its log alone.
  private static func isKnown(_ text: String) -> Bool {
    let head = text.prefix(1000).lowercased()
    return head.hasPrefix("#") || head.contains("mime-version:") || head.contains("content-type:")
  }
}
