import Covey
import CoveyEngine
import Foundation
import Support
import Synchronization
import Testing

@testable import CoveyTraffic

/// A folder with a name server on it, gone when the test is over.
final class NameBench: Sendable {
  let folder: String
  let domain: HostName
  let listen: Endpoint
  let server: DnsmasqServer
  /// Of 127.0.0.1, where none is prescribed; no other bench tries them.
  let ports: ClosedRange<Int>
  private static let count = Mutex(0)

  static func use(_ body: (NameBench) async throws -> Void) async throws {
    let bench = try NameBench()
    do {
      try await body(bench)
    } catch {
      try await bench.server.close()
      throw error
    }
    try await bench.server.close()
  }

  private init() throws {
    let number = Self.count.withLock { count in
      count += 1
      return count
    }
    let process = ProcessInfo.processInfo.processIdentifier
    folder = "/tmp/covey-dns-\(process)-\(number)"
    domain = try HostName("covey")
    let address = IPv4Address(number: 127 << 24 | 79 << 16 | UInt32(process % 250) << 8 | 1)
    listen = Endpoint(address: address, port: 21000 + number)
    let first = 22_000 + Int(process % 40) * 200 + number * 5
    ports = first...first + 4
    server = DnsmasqServer(folder: folder, domain: domain, listen: listen)
  }

  func again(at listen: Endpoint? = nil, domain: HostName? = nil) -> DnsmasqServer {
    DnsmasqServer(folder: folder, domain: domain ?? self.domain, listen: listen ?? self.listen)
  }

  func place(_ listen: Endpoint? = nil) -> DnsmasqPlace {
    DnsmasqPlace(folder: folder, domain: domain, listen: listen, programName: nil)
  }

  /// One that may answer at any of the ports.
  func unprescribed(program: String? = nil) -> DnsmasqPlace {
    DnsmasqPlace(
      folder: folder, domain: domain, listen: nil, programName: program, ports: ports)
  }

  func processes() throws -> [Int32] { try place().processes().map(\.process) }

  func zone(_ names: [String: [String]]) throws -> Zone {
    var addresses: [Name: [IPv4Address]] = [:]
    for (name, texts) in names { addresses[try Name(name)] = texts.compactMap(IPv4Address.init) }
    return Zone(domain: domain, addresses: addresses)
  }

  func ask(_ name: String) throws -> Resolution { try Resolver.ask(name, at: listen) }

  /// The addresses that are answered now, in no order.
  func addresses(of name: String) throws -> Set<String> {
    Set(try ask(name).addresses.map(\.description))
  }
}
