import AsyncHTTPClient
import Covey
import CoveyEngine
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CoveyTraffic

/// A folder, a balancer on it and its members, all gone when the test is over.
final class Bench: Sendable {
  let root: String
  let group: Name
  let frontend: Frontend
  let balancer: HAProxyBalancer
  private let members = Mutex<[StandInMember]>([])
  private static let count = Mutex(0)

  static func use(_ body: (Bench) async throws -> Void) async throws {
    let bench = try Bench()
    do {
      try await body(bench)
    } catch {
      try await bench.end()
      throw error
    }
    try await bench.end()
  }

  private init() throws {
    let number = Self.count.withLock { count in
      count += 1
      return count
    }
    let process = ProcessInfo.processInfo.processIdentifier
    root = "/tmp/covey-traffic-\(process)-\(number)"
    group = try Name("web")
    let address = IPv4Address(number: 127 << 24 | 78 << 16 | UInt32(process % 250) << 8)
    frontend = Frontend(
      group: group,
      listen: Endpoint(address: IPv4Address(number: address.number + 1), port: 20000 + number),
      check: .http(path: "/health"))
    balancer = try HAProxyBalancer(folder: root, template: HAProxyTemplate(doors: "\(root)/wake"))
  }

  var folder: BalancerFolder { BalancerFolder(root: root, listen: frontend.listen) }
  var listener: Listener { frontend.alone }
  func again() throws -> HAProxyBalancer { try HAProxyBalancer(folder: root) }
  func processes() throws -> [Int32] { try DetachedProcess(folder).identifiers() }

  /// Neither a process nor a file is left.
  func isClear() throws -> Bool {
    try processes().isEmpty && !FileManager.default.fileExists(atPath: folder.path)
  }

  func member(_ number: Int, of group: Name? = nil) async throws -> StandInMember {
    let group = group ?? self.group
    let address = IPv4Address(number: frontend.listen.address.number + UInt32(number))
    let member = try await StandInMember(.member(number, of: group), at: address)
    members.withLock { $0.append(member) }
    return member
  }

  /// A member that is in the balancer already.
  func enteredMember(_ number: Int) async throws -> StandInMember {
    let member = try await member(number)
    try await balancer.enter(member.balanced, in: frontend)
    return member
  }

  struct Answer: Hashable, Sendable {
    let status: UInt
    let body: String
  }

  func get(_ path: String = "/", at endpoint: Endpoint? = nil) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://\(endpoint ?? frontend.listen)\(path)")
    request.headers.add(name: "Connection", value: "close")
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Answer(status: response.status.code, body: String(buffer: body))
  }

  func seen(_ member: StandInMember) async throws -> TrafficStatistics.Member {
    try #require(try await balancer.statistics(of: frontend).members[member.name])
  }

  private func end() async throws {
    for member in members.withLock({ $0 }) { await member.kill() }
    try await balancer.close(besides: [])
    for folder in [root, root + "-pem"] where FileManager.default.fileExists(atPath: folder) {
      try FileManager.default.removeItem(atPath: folder)
    }
  }
}

extension Frontend {
  /// A listener that serves just this group.
  var alone: Listener { Listener(endpoint: listen, mode: .http, frontends: [self]) }
}

/// Looks again until it is so; a state of HAProxy's cannot be awaited.
func eventually(
  _ what: Comment, _ condition: () async throws -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let deadline = ContinuousClock.now + .seconds(30)
  while try await !condition() {
    if ContinuousClock.now > deadline {
      Issue.record(what, sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(10))
  }
}
