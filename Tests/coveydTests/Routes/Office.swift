import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyTraffic
import CoveyWire
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Support
import Testing

@testable import coveyd

/// A daemon's house on recording ports, and its routes without a server.
///
/// Nothing performs plans here unless a test does: what a request begins stays as it began.
struct Office: Sendable {
  let world = RecordingWorld()
  let store = MemoryStore()
  let house: House
  let folder: ShortFolder

  /// - `time`: `VirtualTime` jumps over every wait, `StillTime` waits for news alone.
  init(time: any TimeSource = VirtualTime()) throws {
    folder = try ShortFolder()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let identifiers = CountingIdentifiers()
    let link = LibvirtLink(uri: "test:///default")
    let ledger = try Ledger(store: store, time: time, identifiers: identifiers)
    let ports = Ports(
      hypervisor: world, disks: world, layers: world, backups: world, shelf: world, warmth: world,
      balancer: world,
      probe: world, reports: world, names: world, activator: world, time: time)
    let gauges = Gauges()
    let rounds = RoundBook(store: store, logger: logger)
    let guests = GuestRequests(ledger: ledger, pool: .standard(block: 0), lowestBindablePort: 0)
    let probe = AcceleratorProbe(
      link: link, time: time, identifiers: identifiers, scratch: folder.path)
    let shelf = TemplateFolder(shelf: "\(folder.path)/t", cache: "\(folder.path)/c")
    let seatKeeper = SeatKeeper(ledger: ledger, ports: ports, logger: logger)
    house = House(
      ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, guests: guests,
      groups: GroupRequests(ledger: ledger, ports: ports),
      disks: DiskRequests(ledger: ledger, ports: ports, home: "\(folder.path)/g"),
      backups: BackupRequests(
        ledger: ledger, ports: ports, guests: guests, identifiers: identifiers),
      workshop: Workshop(
        ledger: ledger, ports: ports, guests: guests, identifiers: identifiers, logger: logger),
      performer: Performer(ledger: ledger, ports: ports, logger: logger), progress: ProgressBook(),
      scaler: Scaler(
        ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, guests: guests,
        logger: logger),
      reports: ReportKeeper(ledger: ledger, ports: ports, gauges: gauges),
      watcher: Watcher(ledger: ledger, ports: ports, logger: logger),
      monitor: MemberMonitor(ledger: ledger, ports: ports, gauges: gauges),
      reservations: nil,
      seatKeeper: seatKeeper,
      zones: ZoneKeeper(
        ledger: ledger, ports: ports, gauges: gauges, domain: Samples.domain, logger: logger),
      waker: Waker(ledger: ledger, ports: ports, gauges: gauges, rounds: rounds, logger: logger),
      files: GuestFolder(guests: "/srv/covey/guests"), link: link,
      doctor: Doctor(
        configuration: try Configuration(
          flags: .init(state: folder.path, connect: link.uri), environment: [:], file: nil),
        link: link,
        accelerator: AcceleratorChoice(store: store, probe: probe, shelf: shelf, logger: logger),
        names: DnsmasqServer(folder: "\(folder.path)/d", domain: Samples.domain, listen: nil)))
  }

  /// With a template, the guest `db` and the group `web` of one member `web-1`.
  static func furnished(time: any TimeSource = VirtualTime()) async throws -> Office {
    let office = try Office(time: time)
    try await office.house.ledger.record([
      .templateSealed(Samples.template()), .guestAdopted(Samples.guest("db")),
      .groupCreated(Samples.group()),
      .guestAdopted(Samples.guest("web-1", group: "web", state: .serving, lastByte: 3)),
    ])
    return office
  }

  /// Answers requests for as long as the body runs.
  func open<Value: Sendable>(_ body: @Sendable (Counter) async throws -> Value) async throws
    -> Value
  {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let application = Services.application(house, socket: "\(folder.path)/s", logger: logger)
    let value = try await application.test(.router) { try await body(Counter(client: $0)) }
    await house.link.close()
    return value
  }
}

/// Where requests are handed in.
struct Counter: Sendable {
  let client: any TestClientProtocol

  struct Answer: Sendable {
    let status: Int
    let contentType: String?
    let body: Data

    func read<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(Value.self, from: body)
    }

    /// The top level of the JSON, for what a client in another language sees.
    var fields: [String: Any] {
      get throws {
        try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
      }
    }
  }

  func send(_ method: HTTPRequest.Method, _ path: String, raw body: Data? = nil) async throws
    -> Answer
  {
    try await client.execute(
      uri: path, method: method, body: body.map { ByteBuffer(bytes: $0) }
    ) { response in
      Answer(
        status: response.status.code, contentType: response.headers[.contentType],
        body: Data(response.body.readableBytesView))
    }
  }

  func send(_ method: HTTPRequest.Method, _ path: String, _ body: some Encodable) async throws
    -> Answer
  {
    try await send(method, path, raw: JSONEncoder().encode(body))
  }

  func get<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) async throws -> Value
  {
    let answer = try await send(.get, path)
    #expect(answer.status == 200, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
    return try answer.read()
  }
}

extension Counter.Answer {
  /// Checks that this is an error as clients read it, and returns it.
  func refusal(_ status: Int, _ code: String) throws -> ErrorView {
    #expect(self.status == status, "\(String(decoding: body, as: UTF8.self))")
    #expect(contentType == "application/json")
    let error = try read(ErrorBody.self).error
    #expect(error.code == code)
    #expect(!error.message.isEmpty)
    #expect(!error.hint.isEmpty)
    return error
  }
}
