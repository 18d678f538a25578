import CoveyWire
import Foundation

/// A balancer of two seats and a client, each a network namespace, joined by a bridge in a fourth.
struct SeatedPair: Sendable {
  static let name = "pair"
  static let seats = ["seat-a", "seat-b"]
  static let client = "seat-c"
  private static let network = "seat-n"
  let endpoint = Endpoint(address: "10.77.0.100", port: 80)
  let daemon: CoveyDaemon

  static func make(by daemon: CoveyDaemon) async throws -> SeatedPair {
    for name in seats + [client, network] {
      try await Tool.run(["ip", "netns", "add", name])
      try await Tool.run(["ip", "-n", name, "link", "set", "lo", "up"])
    }
    try await ip(
      "-n \(network) link add br0 type bridge stp_state 0 forward_delay 0")
    try await ip("-n \(network) link set br0 up")
    for (index, name) in (seats + [client]).enumerated() {
      try await ip(
        "-n \(network) link add port\(index) type veth peer name eth0 netns \(name)")
      try await ip("-n \(network) link set port\(index) master br0 up")
      try await ip("-n \(name) link set eth0 up")
      try await ip("-n \(name) address add 10.77.0.\(index + 1)/24 dev eth0")
    }
    let pair = SeatedPair(daemon: daemon)
    try await daemon.covey(
      "balancer create \(name) --address \(pair.endpoint.address)/24 "
        + "--seat \(seats[0]):eth0:10.77.0.1 --seat \(seats[1]):eth0:10.77.0.2")
    try await pair.settle()
    return pair
  }

  private static func ip(_ line: String) async throws {
    try await Tool.run(["ip"] + line.split(separator: " ").map(String.init))
  }

  func remove() async throws {
    try await daemon.covey("balancer delete \(Self.name)")
    for name in Self.seats + [Self.client, Self.network] {
      try await Tool.run(["ip", "netns", "delete", name])
    }
  }

  /// Waits until both seats are whole and one of them has the address.
  func settle() async throws {
    try await Deadline.wait(for: "both seats to be whole", within: .seconds(60)) {
      let view = try await view()
      return view.state == "steady" && view.active != nil
        && view.seats.allSatisfy {
          $0.keepalived == true && $0.silent.isEmpty && $0.serving.isEmpty == view.groups.isEmpty
        }
    }
  }

  /// Kills the HAProxy of the seat that has the address. coveyd is held still meanwhile, as if it had died too: it would start
  /// the HAProxy again before the address moves.
  ///
  /// - Returns: how long until the address was at the other seat.
  func killActive() async throws -> Duration {
    guard let active = try await view().active, let number = Self.seats.firstIndex(of: active)
    else { throw Trouble("the address of the pair is nowhere") }
    let folder = "\(daemon.place.state)/seats/\(Self.name)/\(number + 1)"
    let processes = try ProcessTable.identifiers {
      $0.contains("-D")
        && $0.contains { word in
          word.hasPrefix(folder) && word.hasSuffix("haproxy.cfg")
        }
    }
    guard !processes.isEmpty else { throw Trouble("no HAProxy runs at \(active)") }
    let other = Self.seats[1 - number]
    return try await daemon.paused {
      let began = ContinuousClock.now
      for process in processes { kill(process, SIGKILL) }
      try await Deadline.wait(for: "the address to move", within: .seconds(20)) {
        try await Tool.run(["ip", "-n", other, "address", "show", "dev", "eth0"])
          .contains(" \(endpoint.address)/")
      }
      return began.duration(to: .now)
    }
  }

  private func view() async throws -> BalancerView {
    let path = "\(Routes.balancers)/\(Self.name)"
    return try await daemon.client.get(path, as: InfoView<BalancerView>.self).item
  }
}

/// Processes by their arguments.
enum ProcessTable {
  static func identifiers(_ fits: ([String]) -> Bool) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
      .filter { identifier in
        let data = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline") ?? Data()
        return fits(data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      }
  }
}
