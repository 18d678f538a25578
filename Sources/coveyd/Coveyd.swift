import ArgumentParser
import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyWire
import Foundation
import Logging

/// The daemon: keeps guests and groups as they are wanted, and answers on a Unix socket.
@main
struct Coveyd: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "coveyd",
    abstract: "Keeps virtual machines and groups of them as they are wanted.",
    discussion: """
      Flags win over the environment, the environment over the file. SIGTERM ends the daemon and leaves its guests
      running; the next start takes them over.

      Example: coveyd --state /var/lib/covey
      """,
    version: version)

  @Option(help: "Folder for everything that covey keeps (env COVEY_STATE).")
  var state: String?

  @Option(
    help: "Unix socket to answer on (env COVEY_SOCKET; default: coveyd.sock in the state folder).")
  var socket: String?

  @Option(
    help:
      "libvirt connection: qemu:///embed?root=DIR, qemu:///system or test:///default (env COVEY_CONNECT)."
  )
  var connect: String?

  @Option(
    help:
      "A libvirt network to put guests on, or where their loopback addresses begin, such as 127.77.8.0 (env COVEY_NETWORK)."
  )
  var network: String?

  @Option(help: "File that HAProxy's configurations are rendered from; docs/traffic.md.")
  var haproxyTemplate: String?

  @Option(help: "Admin socket of a HAProxy that runs already, which covey then uses.")
  var haproxySocket: String?

  @Option(
    help:
      "Make and start the libvirt network with this subnet where it is not there, such as 10.77.0.0/24 (env COVEY_SUBNET)."
  )
  var subnet: String?

  @Option(
    help:
      "The domain below which guests and groups have names (env COVEY_DOMAIN; default: covey).")
  var domain: String?

  @Option(
    help:
      "Where DNS is answered, ADDRESS:PORT (env COVEY_DNS; default: the first free port of 127.0.0.1:5377 and up)."
  )
  var dns: String?

  @Option(
    help:
      "YAML file with any of: state, socket, connect, network, subnet, domain, dns, haproxyTemplate, haproxySocket."
  )
  var config: String?

  @Option(help: "How much is logged: debug, info, notice, warning or error.")
  var logLevel: String = "info"

  @Flag(help: "Only look at the host, print what is found, and end (what 'covey doctor' shows).")
  var check = false

  @Option(help: ArgumentHelp("Format of --check.", visibility: .hidden))
  var format: String = "json"

  @Option(
    help: ArgumentHelp("Hold still once at VERB/STEP/MOMENT, for tests.", visibility: .hidden))
  var stopAt: String?

  func run() async throws {
    do {
      try await serve()
    } catch let problem as Problem {
      FileHandle.standardError.write(Data(Self.words(problem).utf8))
      throw ExitCode(ErrorTable.row(problem.code.rawValue).exitStatus)
    }
    Self.leave()
  }

  /// Ends without the destructors of `exit`: they may pull memory from under libvirt's threads, which outlive its last
  /// connection (now and then a SIGABRT, libvirt 9.0.0).
  private static func leave() -> Never {
    fflush(nil)
    _exit(EXIT_SUCCESS)
  }

  private func serve() async throws {
    let flags = Configuration.Source(
      state: state, socket: socket, connect: connect, network: network, subnet: subnet,
      haproxyTemplate: haproxyTemplate, haproxySocket: haproxySocket, domain: domain, dns: dns)
    let configuration = try Configuration(
      flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
    var logger = Logger(label: "coveyd") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = try level()
    // Before the first file: the database is nobody else's business, whatever the folder's mode is.
    umask(0o077)
    OpenFiles.raiseLimit()
    if !check { try configuration.requireAccount(geteuid()) }
    try configuration.state.make(opensToQEMU: configuration.runsQEMUAsAnotherAccount)
    let lock = try StateLock(configuration.state.lock)
    defer { lock.release() }
    let link = LibvirtLink(uri: configuration.connect, logger: logger)
    let house = try House(
      configuration, on: link, bridge: check ? nil : try await bridge(configuration, on: link),
      stopsAt: try stopPoint(), logger: logger)
    if check { return try await printCheck(house) }
    _ = try await house.link.connection()
    // It may come up later, and groups that are there are served by it then.
    if let problem = await house.doctor.balancerProblem() {
      logger.warning("\(problem.what)", metadata: ["mend": "\(problem.mend)"])
    }
    let socket = ListeningSocket(path: configuration.socket)
    try socket.claim()
    // First: the scaler closes what no group needs, at seats too.
    await house.seatKeeper.prepare()
    await house.scaler.prepare()
    // Before the first client asks: what an earlier daemon left, or a lost store forgot.
    await house.watcher.look()
    await house.waker.keep()
    await house.zones.publish()
    logger.notice(
      "coveyd \(Self.version) serves",
      metadata: ["socket": "\(configuration.socket)", "connect": "\(configuration.connect)"])
    try await Services.group(house, socket: configuration.socket, logger: logger).run()
    await house.link.close()
    try socket.claim()
    logger.notice("coveyd ended; its guests run on")
  }

  /// The libvirt network that guests are to be on, fit for them.
  private func bridge(_ configuration: Configuration, on link: LibvirtLink) async throws
    -> LibvirtNetwork?
  {
    guard case .bridge(let wanted) = configuration.addresses else { return nil }
    return try await LibvirtNetwork.open(
      wanted.name, making: wanted.subnet, domain: configuration.domain, on: link,
      installation: Installation.identifier(
        at: configuration.state.installation, from: RandomIdentifiers()))
  }

  private func printCheck(_ house: House) async throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(await house.doctor.view()), as: UTF8.self))
    await house.link.close()
  }

  private func stopPoint() throws -> FaultPoint? {
    guard let stopAt else { return nil }
    guard let point = FaultPoint(stopAt) else {
      throw Problem(
        .invalid, subject: "stop-at", "stop-at is \"\(stopAt)\"",
        hint: "write VERB/STEP/before or VERB/STEP/after, such as move/4/before")
    }
    return point
  }

  private func level() throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: logLevel) else {
      throw Problem(
        .invalid, subject: "log-level", "log-level is \"\(logLevel)\"",
        hint: "use debug, info, notice, warning or error")
    }
    return level
  }

  private static func words(_ problem: Problem) -> String {
    let hint = problem.hint.isEmpty ? "" : "  hint: \(problem.hint)\n"
    return "coveyd: \(problem.message) (\(problem.code.rawValue))\n\(hint)"
  }
}
