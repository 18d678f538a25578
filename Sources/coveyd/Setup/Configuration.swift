import Covey
import Foundation
import Yams

/// What coveyd was told: flags win over the environment, the environment over the file, the file over defaults.
struct Configuration: Sendable {
  let state: StateFolder
  let socket: String
  let connect: String
  let pool: AddressPool
  /// Below it guests and groups have their names in DNS.
  let domain: HostName
  /// Where DNS is answered; nil is a free port of the daemon's choice.
  let dns: Endpoint?

  /// The settings that may come from each source, before they are merged.
  struct Source: Sendable, Decodable {
    var state: String?
    var socket: String?
    var connect: String?
    /// Where the guests' loopback addresses begin, such as `127.77.8.0`.
    var network: String?
    var domain: String?
    var dns: String?
  }

  /// - Throws: `Problem` for a file that cannot be read, has an unknown key, or values that cannot work.
  init(flags: Source, environment: [String: String], file: String?) throws {
    // An empty variable is one that somebody wanted to unset.
    let environment = environment.filter { !$0.value.isEmpty }
    let written = try file.map(Self.read) ?? Source()
    let state = flags.state ?? environment["COVEY_STATE"] ?? written.state ?? Self.defaultState
    self.state = StateFolder(root: Self.absolute(state))
    socket = Self.absolute(
      flags.socket ?? environment["COVEY_SOCKET"] ?? written.socket ?? self.state.socket)
    connect =
      flags.connect ?? environment["COVEY_CONNECT"] ?? written.connect
      ?? "qemu:///embed?root=\(self.state.libvirt)"
    pool = try Self.pool(flags.network ?? environment["COVEY_NETWORK"] ?? written.network, state)
    do {
      domain = try Zone.domain(
        flags.domain ?? environment["COVEY_DOMAIN"] ?? written.domain ?? "covey")
      dns = try (flags.dns ?? environment["COVEY_DNS"] ?? written.dns).map(Endpoint.init)
    } catch {
      throw error.problem
    }
    try self.state.checkLengths(socket: socket)
  }

  /// Under a system libvirtd QEMU runs as an account of its own, which must reach disks and templates.
  var runsQEMUAsAnotherAccount: Bool { connect.hasPrefix("qemu:///system") }

  static var defaultState: String {
    if geteuid() == 0 { return "/var/lib/covey" }
    let base = ProcessInfo.processInfo.environment["XDG_STATE_HOME"] ?? ""
    return "\(base.isEmpty ? "\(NSHomeDirectory())/.local/state" : base)/covey"
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  private static func read(_ file: String) throws -> Source {
    guard
      let text = FileManager.default.contents(atPath: file).map({
        String(decoding: $0, as: UTF8.self)
      })
    else {
      throw Problem(
        .invalid, subject: file, "configuration file \(file) cannot be read",
        hint: "check its path and permissions, or leave out --config")
    }
    do {
      guard let keys = (try Yams.load(yaml: text) ?? [String: Any]()) as? [String: Any] else {
        throw Problem(
          .invalid, subject: file, "\(file): it is not a list of settings",
          hint: "write lines such as \"state: /var/lib/covey\"")
      }
      let known = ["state", "socket", "connect", "network", "domain", "dns"]
      if let key = keys.keys.sorted().first(where: { !known.contains($0) }) {
        throw Problem(
          .invalid, subject: file, "\(file): unknown key \"\(key)\"",
          hint: "known keys: \(known.joined(separator: ", "))")
      }
      return keys.isEmpty ? Source() : try YAMLDecoder().decode(Source.self, from: text)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.invalid, subject: file, "\(file): \(error)", hint: "mend the file")
    }
  }

  /// Each state folder gets a block of its own, so that several covey instances live on one host.
  private static func pool(_ network: String?, _ state: String) throws -> AddressPool {
    guard let network else {
      let hash = absolute(state).utf8.reduce(UInt32(2_166_136_261)) {
        ($0 ^ UInt32($1)) &* 16_777_619
      }
      return .standard(block: UInt8(truncatingIfNeeded: hash ^ hash >> 16))
    }
    guard let address = IPv4Address(network), address.isLoopback,
      IPv4Address(number: address.number + 1023).isLoopback
    else {
      throw Problem(
        .invalid, subject: network, "network \(network) is not a loopback address",
        hint: "use the first address of a block in 127.0.0.0/8, such as 127.77.8.0")
    }
    return AddressPool(first: IPv4Address(number: address.number + 2), count: 1022)
  }
}
