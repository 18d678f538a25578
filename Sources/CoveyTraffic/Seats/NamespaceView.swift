import Covey
import Foundation

/// What a network namespace shows: its interfaces with their IPv4 addresses, and who listens in it.
struct NamespaceView: Sendable {
  /// Where `ip netns` keeps namespaces by their name.
  static func file(of namespace: String) -> String { "/run/netns/\(namespace)" }

  struct Interface: Hashable, Sendable {
    let name: String
    let addresses: [IPv4Address]
  }

  let interfaces: [Interface]

  func interface(_ name: String) -> Interface? { interfaces.first { $0.name == name } }
  /// The interface that has an address.
  func holder(of address: IPv4Address) -> Interface? {
    interfaces.first { $0.addresses.contains(address) }
  }

  /// Reads a namespace by `ip`, which takes some milliseconds.
  ///
  /// - Throws: `.invalid` when there is none of that name; `.unavailable` when `ip` does not tell.
  static func read(_ namespace: String, subject: String) async throws -> NamespaceView {
    let ip = try await Blocking.run {
      guard FileManager.default.fileExists(atPath: file(of: namespace)) else {
        throw Problem(
          .invalid, subject: subject, "there is no network namespace \"\(namespace)\"",
          hint: "see: ip netns list; make it with: ip netns add \(namespace)")
      }
      return try ProgramCall.find("ip", package: "iproute2", subject: subject)
    }
    let call = ProgramCall(
      words: [ip, "-json", "-netns", namespace, "address", "show"], subject: subject)
    let (succeeded, said) = try await call.run()
    guard succeeded, let view = NamespaceView(said) else {
      throw Problem(
        .unavailable, subject: subject,
        "ip does not tell the addresses of namespace \(namespace): \(said.prefix(200))",
        hint: "try it by hand: \(call.words.joined(separator: " "))")
    }
    return view
  }

  /// - Parameter text: the JSON of `ip -json address show`; nil when it is not that.
  init?(_ text: String) {
    struct Row: Decodable {
      struct Address: Decodable { let local: String? }
      let ifname: String?
      let addr_info: [Address]?
    }
    guard let rows = try? JSONDecoder().decode([Row].self, from: Data(text.utf8)) else {
      return nil
    }
    interfaces = rows.compactMap { row in
      row.ifname.map { name in
        Interface(
          name: name,
          addresses: (row.addr_info ?? []).compactMap { $0.local.flatMap { IPv4Address($0) } })
      }
    }
  }

  /// Whether something listens on the endpoint in a namespace, or on its port at every address.
  ///
  /// The address need not be there, so that binding it would prove nothing.
  ///
  /// - Throws: `.inUse` when it does; `.invalid` when there is no such namespace.
  static func checkFree(_ endpoint: Endpoint, in namespace: String, subject: String) async throws {
    let nsenter = try await Blocking.run {
      try ProgramCall.find("nsenter", package: "util-linux", subject: subject)
    }
    let words = [
      nsenter, "--net=\(file(of: namespace))", "--", "cat", "/proc/self/net/tcp",
      "/proc/self/net/tcp6",
    ]
    let (succeeded, said) = try await ProgramCall(words: words, subject: subject).run()
    guard succeeded else {
      throw Problem(
        .invalid, subject: subject,
        "namespace \(namespace) cannot be entered: \(said.prefix(200))",
        hint: "see: ip netns list")
    }
    guard PortOwner.listeners(on: endpoint, in: said).isEmpty else {
      throw Problem(
        .inUse, subject: subject, "\(endpoint) is already in use in namespace \(namespace)",
        hint: "end the other program (ip netns exec \(namespace) ss -ltnp) or choose another port")
    }
  }
}
