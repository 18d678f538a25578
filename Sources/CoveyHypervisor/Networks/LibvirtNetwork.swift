import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

/// A libvirt network that covey's guests are on: reserves their addresses, and keeps its names.
///
/// What covey writes goes to the network that is up, never to its definition: once it is taken down, nothing of covey's is
/// left in it. All calls throw `Problem`, `.notFound` or `.unavailable` while there is no such network or it is not up.
public struct LibvirtNetwork: Sendable {
  let link: LibvirtLink
  /// As it was when it was opened.
  public let facts: BridgedNetwork
  /// Tells several covey instances on one network apart.
  let installation: String

  /// Looks a network up, and makes it fit for guests.
  ///
  /// - Parameters:
  ///   - subnet: has a network that is missing made with it, and one that is down started; nil leaves both to the user.
  ///   - domain: what names on a network that is made end with.
  ///   - link: a libvirtd with the drivers of networks and of network filters.
  /// - Throws: `Problem`, with what it lacks and the commands that mend it.
  public static func open(
    _ name: String, making subnet: IPv4Subnet?, domain: HostName, on link: LibvirtLink,
    installation: String
  ) async throws -> LibvirtNetwork {
    let connection = try await link.connection()
    let source = NetworkSource(name: name, link: link)
    if !link.isTest, let lack = HostInspection().missing(HostInspection.needsOfBridges).first {
      throw Problem(.unavailable, subject: "network \(name)", lack.what, hint: lack.mend)
    }
    if let subnet { try await source.make(subnet, domain: domain, on: connection) }
    let facts = try BridgedNetwork(try await source.live().document, at: link.uri)
    if let subnet, facts.subnet != subnet {
      throw Problem(
        .conflict, subject: "network \(name)",
        "libvirt's network \"\(name)\" has the subnet \(facts.subnet), not \(subnet)",
        hint: "leave out --subnet, or name a network that is not there yet")
    }
    if !link.isTest { try await SpoofFilter.define(on: connection) }
    return LibvirtNetwork(link: link, facts: facts, installation: installation)
  }

  /// What hinders guests on a network now, and what slows them down; for `covey doctor`.
  public static func problems(of name: String, on link: LibvirtLink) async -> [HostProblem] {
    do {
      let document = try await NetworkSource(name: name, link: link).live().document
      return try BridgedNetwork(document, at: link.uri).problems
    } catch {
      let problem = error as? Problem
      return [
        HostProblem(.error, problem?.message ?? "\(error)", mend: problem?.hint ?? "see the log")
      ]
    }
  }

  /// What there is to know of a network now; nil where guests cannot be on it.
  public static func facts(of name: String, on link: LibvirtLink) async -> BridgedNetwork? {
    let live = try? await NetworkSource(name: name, link: link).live()
    return live.flatMap { try? BridgedNetwork($0.document, at: link.uri) }
  }

  var source: NetworkSource { NetworkSource(name: facts.name, link: link) }
}

/// Finds a network by its name, each time anew: it may be taken down, or be made again.
struct NetworkSource: Sendable {
  let name: String
  let link: LibvirtLink

  /// The network that is up, as it is now.
  func live() async throws -> (network: Network, document: NetworkDocument) {
    let connection = try await link.connection()
    do throws(LibvirtError) { return try await look(on: connection) } catch {
      throw problem(error)
    }
  }

  /// The same, or nil while it is gone or down: then nothing of covey's is in it.
  func liveIfUp() async throws -> (network: Network, document: NetworkDocument)? {
    let connection = try await link.connection()
    do throws(LibvirtError) { return try await look(on: connection) } catch {
      if [.noNetwork, LibvirtError.isDown.code].contains(error.code) { return nil }
      throw problem(error)
    }
  }

  private func look(on connection: Connection) async throws(LibvirtError)
    -> (network: Network, document: NetworkDocument)
  {
    let network = try await connection.network(named: name)
    guard try await network.isActive() else { throw .isDown }
    let text = try await network.xml()
    guard let document = try? NetworkDocument(parsing: text) else { throw .isNoDocument }
    return (network, document)
  }

  /// Defines the network where there is none, and starts it where it is down.
  func make(_ subnet: IPv4Subnet, domain: HostName, on connection: Connection) async throws {
    let xml = try NewNetwork.document(name, subnet, domain: domain).serialised()
    do throws(LibvirtError) {
      if try await find(on: connection) == nil {
        try await connection.define(networkXML: xml).setAutostart(true)
      }
      if let network = try await find(on: connection), try await !network.isActive() {
        try await network.start()
      }
    } catch {
      throw Problem(
        .unavailable, subject: "network \(name)",
        "libvirt cannot make or start network \"\(name)\" with the subnet \(subnet): \(error.message)",
        hint: "choose a subnet that no device of the host has (ip route), and see libvirtd's log; "
          + "libvirt needs dnsmasq and iptables: apt-get install dnsmasq-base iptables")
    }
  }

  private func find(on connection: Connection) async throws(LibvirtError) -> Network? {
    do throws(LibvirtError) { return try await connection.network(named: name) } catch {
      guard error.code == .noNetwork else { throw error }
      return nil
    }
  }

  private func problem(_ error: LibvirtError) -> Problem {
    let subject = "network \(name)"
    switch error.code {
    case .noNetwork:
      return Problem(
        .notFound, subject: subject, "libvirt at \(link.uri) has no network \"\(name)\"",
        hint: "have covey make it: coveyd --connect \(link.uri) --network \(name) "
          + "--subnet 10.77.0.0/24; or see those that there are: virsh -c \(link.uri) net-list --all"
      )
    case .noSupport:
      return Problem(
        .unsupported, subject: subject, "libvirt at \(link.uri) has no networks",
        hint: "use a libvirtd: coveyd --connect qemu:///system --network \(name)")
    case LibvirtError.isDown.code:
      return Problem(
        .unavailable, subject: subject, "libvirt's network \"\(name)\" is not up",
        hint: "start it: virsh -c \(link.uri) net-start \(name); "
          + "and at every boot: virsh -c \(link.uri) net-autostart \(name)")
    default:
      return Problem(
        .unavailable, subject: subject,
        "libvirt at \(link.uri) does not show network \"\(name)\": \(error.message)",
        hint: "see: covey doctor")
    }
  }
}

extension LibvirtError {
  fileprivate static let isDown = LibvirtError(
    code: .init(rawValue: -100), message: "the network is not up", function: "virNetworkIsActive")
  fileprivate static let isNoDocument = LibvirtError(
    code: .xmlError, message: "its description cannot be read", function: "virNetworkGetXMLDesc")
}
