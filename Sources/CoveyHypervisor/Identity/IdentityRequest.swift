import Covey

/// What a guest is told about who it is, in the words of `docs/identity.md`.
///
/// Only what is set is sent and acted on. A request may be repeated.
public struct IdentityRequest: Hashable, Sendable {
  public var hostname: Name?
  /// 32 lower-case hexadecimal digits.
  public var machineID: String?
  /// Of the first network card, such as `52:54:00:12:34:56`.
  public var mac: String?
  /// Its IPv4 address and the length of its network's prefix, such as `10.77.0.5/24`. Only where the network is a bridge.
  public var address: String?
  /// 64 bytes that nobody else gets: they make the guest's random numbers its own.
  public var seed: [UInt8]?
  public var time: Timestamp?
  /// Throws the SSH host keys away and makes new ones.
  public var renewsKeys = false
  /// Asks DHCP anew. Only where the network is a bridge: user-mode networks know the guest by its old address.
  public var renewsLease = false
  /// Writes everything to the disk.
  public var syncs = false
  /// Makes the root file system as large as its disk.
  public var grows = false

  public init() {}

  /// Everything that a fork must have of its own before it serves.
  ///
  /// - `seed`: 64 random bytes.
  public static func whole(for guest: Guest, seed: [UInt8], at now: Timestamp) -> Self {
    var request = moment(seed: seed, at: now)
    request.hostname = guest.name
    request.machineID = guest.machineID
    request.mac = guest.mac
    request.renewsKeys = true
    return request
  }

  /// What a guest needs that knows who it is and was held for a while.
  public static func moment(seed: [UInt8], at now: Timestamp) -> Self {
    var request = Self()
    request.seed = seed
    request.time = now
    return request
  }

  /// Asked of a machine before it is frozen.
  public static var sync: Self {
    var request = Self()
    request.syncs = true
    return request
  }

  /// Asked of a machine whose disk became larger.
  public static var grow: Self {
    var request = Self()
    request.grows = true
    return request
  }

  /// The words that a guest's answer repeats.
  enum Key: String, CaseIterable {
    // The order in which they are acted on: keys are made from random numbers, so the seed comes before them, and what
    // takes long comes last.
    case seed, time, hostname
    case machineID = "machine-id"
    case mac, address
    case keys = "ssh-keys"
    case lease, sync, grow
  }

  /// The keys that are sent, in their order.
  var keys: [Key] { Key.allCases.filter { value(of: $0) != nil } }

  /// Lines up to and with the empty one that ends a request.
  var text: String {
    let lines = keys.compactMap { key in value(of: key).map { "\(key.rawValue) \($0)\n" } }
    return "tag \(tag)\n" + lines.joined() + "\n"
  }

  /// Repeated at the end of the reply, so that a reply to somebody else's request is told from this one's.
  var tag: String {
    let lines = keys.compactMap { key in value(of: key).map { "\(key.rawValue) \($0)\n" } }
    // FNV-1a, 64 bits: nothing secret hangs on it.
    let hash = lines.joined().utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }

  /// The same request, some time later: its clock has gone on.
  func later(by span: Duration) -> Self {
    var request = self
    request.time = time.map { $0 + span }
    return request
  }

  private func value(of key: Key) -> String? {
    switch key {
    case .hostname: hostname?.text
    case .machineID: machineID
    case .mac: mac
    case .address: address
    case .seed: seed.map(Self.hexadecimal)
    case .time: time.map(Self.seconds)
    case .keys: renewsKeys ? "renew" : nil
    case .lease: renewsLease ? "renew" : nil
    case .sync: syncs ? "-" : nil
    case .grow: grows ? "-" : nil
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func seconds(_ time: Timestamp) -> String {
    let fraction = String(time.milliseconds % 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.count)
    return "\(time.milliseconds / 1000).\(zeros)\(fraction)000000"
  }
}
