import Covey
import Foundation
import Yams

/// What coveyd was told: flags win over the environment, the environment over the file, the file over defaults.
struct Configuration: Sendable {
  let state: StateFolder
  let socket: String
  let connect: String
  let addresses: AddressSource
  /// What configurations of HAProxy are rendered from; nil is covey's own.
  let haproxyTemplate: String?
  /// The admin socket of a HAProxy that somebody else runs; nil has covey start its own.
  let haproxySocket: String?
  /// Below it guests and groups have their names in DNS.
  let domain: HostName
  /// Where DNS is answered; nil is a free port of the daemon's choice.
  let dns: Endpoint?

  /// The settings that may come from each source, before they are merged.
  struct Source: Sendable, Decodable {
    var state: String?
    var socket: String?
    var connect: String?
    /// Where the guests' loopback addresses begin, such as `127.77.8.0`, or the name of a libvirt network.
    var network: String?
    /// Has that network made, where there is none: `10.77.0.0/24`.
    var subnet: String?
    /// A file that configurations of HAProxy are rendered from.
    var haproxyTemplate: String?
    /// The admin socket of a HAProxy that runs already.
    var haproxySocket: String?
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
    addresses = try Self.addresses(
      network: flags.network ?? environment["COVEY_NETWORK"] ?? written.network,
      subnet: flags.subnet ?? environment["COVEY_SUBNET"] ?? written.subnet,
      connect: connect, state: self.state.root)
    haproxyTemplate = (flags.haproxyTemplate ?? written.haproxyTemplate).map(Self.absolute)
    haproxySocket = (flags.haproxySocket ?? written.haproxySocket).map(Self.absolute)
    guard haproxyTemplate == nil || haproxySocket == nil else {
      throw Problem(
        .invalid, subject: "haproxy-template",
        "haproxy-template is for a HAProxy that covey starts, and haproxy-socket for one that runs already",
        hint: "give one of the two")
    }
    do {
      domain = try Zone.domain(
        flags.domain ?? environment["COVEY_DOMAIN"] ?? written.domain ?? "covey")
      dns = try (flags.dns ?? environment["COVEY_DNS"] ?? written.dns).map(Endpoint.init)
    } catch {
      throw error.problem
    }
    if case .bridge(let bridge) = addresses, dns != nil {
      throw Problem(
        .invalid, subject: "dns",
        "dns is where covey's own DNS answers, and on network \"\(bridge.name)\" the network's does",
        hint: "leave it out; the network's own address answers, see: covey doctor")
    }
    try self.state.checkLengths(socket: socket)
  }

  /// Under a system libvirtd QEMU runs as an account of its own, which must reach disks and templates.
  var runsQEMUAsAnotherAccount: Bool { connect.hasPrefix("qemu:///system") }

  /// libvirt gives the disk of a machine that runs to QEMU's account, and nobody but root reads it then.
  ///
  /// - `user`: who runs coveyd.
  /// - Throws: `.invalid`.
  func requireAccount(_ user: uid_t) throws(Problem) {
    guard runsQEMUAsAnotherAccount, user != 0 else { return }
    throw Problem(
      .invalid, subject: connect,
      "coveyd must be root under \(connect): it could not read guests' disks",
      hint: "run it as root, or use a libvirt of its own: coveyd --connect qemu:///embed?root=DIR")
  }

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
      let known = [
        "state", "socket", "connect", "network", "subnet", "domain", "dns", "haproxyTemplate",
        "haproxySocket",
      ]
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
}
