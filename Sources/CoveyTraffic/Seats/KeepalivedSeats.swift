import Covey
import CoveyEngine
import Foundation

/// Moves the addresses of balancers by a keepalived at each seat, which outlives covey as HAProxy does.
///
/// The keepalived of a balancer's seats speak VRRP to one another, unicast, and each asks its own seat's HAProxy. What runs
/// is learnt from the processes; nothing is kept in memory but which balancers there are. Calls on one balancer are made
/// one after the other. None blocks the caller's thread.
public struct KeepalivedSeats: Seats {
  let registry: SeatRegistry
  let turns: Turns<String>
  private let user: uid_t

  init(registry: SeatRegistry, user: uid_t = geteuid()) {
    self.registry = registry
    self.user = user
    turns = registry.turns
  }

  /// - Throws: `.unsupported` for another user than root; `.unavailable` when keepalived, HAProxy, ip or nsenter is missing;
  ///   `.invalid` for a namespace, an interface or an address that is not there, and a state folder whose path is too long or
  ///   has other characters than keepalived takes; `.inUse` when the address is in one of the namespaces already.
  public func preflight(_ balancer: MovingAddress) async throws {
    let subject = "balancer \(balancer.name)"
    guard user == 0 else {
      throw Problem(
        .unsupported, subject: subject,
        "coveyd does not run as root, and only root may enter a network namespace, give an interface an address, and speak VRRP",
        hint: "run coveyd as root, or let groups listen on an address of this host")
    }
    try await Blocking.run {
      for (name, package) in [
        ("keepalived", "keepalived"), ("haproxy", "haproxy"), ("ip", "iproute2"),
        ("nsenter", "util-linux"), ("perl", "perl-base"),
      ] {
        _ = try ProgramCall.find(name, package: package, subject: subject)
      }
    }
    for place in SeatPlace.places(of: balancer, root: registry.root) {
      _ = try KeepalivedConfiguration(balancer, at: place)
      let view = try await checked(place)
      if let holder = view.holder(of: balancer.address.address) {
        throw Problem(
          .inUse, subject: place.subject,
          "\(balancer.address.address) is an address of \(holder.name) in namespace \(place.seat.namespace) already",
          hint:
            "take it away (ip -n \(place.seat.namespace) address delete \(balancer.address) dev \(holder.name)), "
            + "or choose another --address")
      }
    }
  }

  public func serve(_ balancers: [MovingAddress]) async { registry.serve(balancers) }

  public func look(at balancer: MovingAddress) async -> [SeatFinding] {
    let places = SeatPlace.places(of: balancer, root: registry.root)
    let findings = try? await turns.run(balancer.name.text) {
      guard registry.isServed(balancer.name) else { return [SeatFinding]() }
      return await withTaskGroup(of: (Int, SeatFinding).self) { tasks in
        for (index, place) in places.enumerated() {
          tasks.addTask { (index, await look(at: place, of: balancer)) }
        }
        let found = await tasks.reduce(into: []) { $0.append($1) }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
      }
    }
    return Self.judged(findings ?? [], balancer)
  }

  public func endOthers() async throws {
    let root = registry.root
    let found = try await Blocking.run {
      (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    }
    var first: (any Error)?
    for text in found {
      guard let name = try? Name(text) else { continue }
      do {
        try await turns.run(name.text) {
          // Only now: whoever made it anew meanwhile has it served, and another call may have ended it.
          guard !registry.isServed(name), try await isFolder("\(root)/\(name)") else { return }
          try await end(name)
        }
      } catch { first = first ?? error }
    }
    if let first { throw first }
  }

  private func isFolder(_ path: String) async throws -> Bool {
    try await Blocking.run {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
  }
}
