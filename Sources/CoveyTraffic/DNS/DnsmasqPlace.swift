import Covey
import Foundation

/// Where the files of covey's dnsmasq lie, and how its process is known. Everything here blocks, unless it is async.
struct DnsmasqPlace: Sendable {
  /// Where it answers when nothing is said: the first of these ports of 127.0.0.1 that is free.
  static let usualPorts = 5377...5476
  static let usualAddress = IPv4Address(number: 127 << 24 | 1)

  /// A process of this folder's.
  struct Running: Hashable, Sendable {
    let process: Int32
    let listen: Endpoint
    let arguments: ArgumentRun
  }

  let folder: String
  let domain: HostName
  let listen: Endpoint?
  let programName: String?
  var ports = Self.usualPorts

  var hosts: String { folder + "/hosts" }
  var log: String { folder + "/dnsmasq.log" }
  private var remembered: String { folder + "/listen" }

  /// The file that dnsmasq reads: a line for each address of each name, in an order of their own, so that the same zone is
  /// always the same text.
  static func hosts(_ zone: Zone) -> String {
    let lines = zone.addresses.sorted { $0.key < $1.key }.flatMap { name, addresses in
      addresses.sorted { $0.number < $1.number }.map { "\($0) \(zone.name(of: name))" }
    }
    return (["# Written by covey; changed by no hand."] + lines).joined(separator: "\n") + "\n"
  }

  /// - Returns: whether it was another text.
  func write(_ text: String) throws -> Bool {
    if FileManager.default.contents(atPath: hosts) == Data(text.utf8) { return false }
    try StateFile.reporting("write \(hosts)", subject: "dns") {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(text.utf8).write(to: URL(fileURLWithPath: hosts), options: .atomic)
    }
    return true
  }

  /// Has a process read the file again; one that is gone meanwhile is found missing at the next look.
  func haveRead(by running: Running) throws {
    guard isAlive(running), kill(running.process, SIGHUP) == 0 || errno == ESRCH else {
      throw Problem(
        .unavailable, subject: "dns",
        "cannot tell dnsmasq, process \(running.process), to read its names again: \(SystemReason.text(errno))",
        hint: "it is looked for again within a second")
    }
  }

  func isAlive(_ running: Running) -> Bool {
    running.arguments.appear(in: DetachedProcess.commandLine(of: running.process))
  }

  /// The words by which a process is known as this folder's, whatever else it was told.
  private var mark: String { "--addn-hosts=\(hosts)" }

  /// What it is told. No other file is read, nobody else is asked, and names below the domain that are not there are said
  /// not to exist. As root it stays root, since nobody else may read covey's folder.
  func arguments(at listen: Endpoint) -> ArgumentRun {
    let account = geteuid() == 0 ? ["--user=root", "--group=root"] : []
    return ArgumentRun(
      words: [
        "--conf-file", "--no-resolv", "--no-hosts", "--no-poll", "--bind-interfaces",
        "--listen-address=\(listen.address)", "--port=\(listen.port)", "--local=/\(domain)/", mark,
        "--local-ttl=\(Int(Zone.timeToLive.inSeconds))", "--pid-file", "--log-facility=\(log)",
      ] + account)
  }

  /// This folder's living processes, whatever they were told.
  func processes() throws -> [Running] {
    try DetachedProcess.all().compactMap { number in
      let words = DetachedProcess.commandLine(of: number)
      guard words.first?.split(separator: "/").last == "dnsmasq", words.contains(mark),
        let address = value("--listen-address=", in: words), let port = value("--port=", in: words),
        let listen = try? Endpoint("\(address):\(port)")
      else { return nil }
      return Running(
        process: number, listen: listen, arguments: ArgumentRun(words: Array(words.dropFirst())))
    }
  }

  private func value(_ option: String, in words: [String]) -> Substring? {
    words.first { $0.hasPrefix(option) }?.dropFirst(option.count)
  }

  /// Where a new process is to answer if it can: as prescribed, or where one did last.
  func preferredEndpoint() -> Endpoint? {
    if let listen { return listen }
    let text = FileManager.default.contents(atPath: remembered)
    return text.flatMap { try? Endpoint(String(decoding: $0, as: UTF8.self)) }
  }

  /// Where a new process may answer.
  ///
  /// - Parameter taken: not these, which others were quicker to take.
  /// - Throws: `.inUse` with who has the address, `.invalid`.
  func freeEndpoint(besides taken: Set<Endpoint> = []) throws -> Endpoint {
    if let listen {
      try check(listen)
      return listen
    }
    let usual = ports.map { Endpoint(address: Self.usualAddress, port: $0) }
    let wanted = [preferredEndpoint()].compactMap(\.self) + usual
    for endpoint in wanted where !taken.contains(endpoint) && (try? check(endpoint)) != nil {
      return endpoint
    }
    throw Problem(
      .inUse, subject: "dns",
      "all ports of \(Self.usualAddress):\(ports.lowerBound) to \(ports.upperBound) are in use",
      hint: "choose another: coveyd --dns ADDRESS:PORT")
  }

  /// DNS is asked over UDP, and over TCP where an answer is long.
  ///
  /// - Throws: `.inUse` with who has the address, `.invalid`.
  func check(_ endpoint: Endpoint) throws {
    try ListenCheck.bind(endpoint, over: .udp, subject: "dns \(endpoint)")
    try ListenCheck.bind(endpoint, subject: "dns \(endpoint)")
  }

  func remember(_ endpoint: Endpoint) throws {
    try StateFile.reporting("write \(remembered)", subject: "dns") {
      try Data("\(endpoint)".utf8).write(to: URL(fileURLWithPath: remembered), options: .atomic)
    }
  }

  /// Ends this folder's processes but one: SIGTERM, which dnsmasq obeys at once, then SIGKILL.
  func end(besides kept: Running? = nil) async throws {
    for running in try await Blocking.run({ try processes() }) where running != kept {
      let same = DetachedProcess(
        program: "dnsmasq", arguments: running.arguments.words, subject: "dns")
      try await same.end(besides: Set([kept?.process].compactMap(\.self)))
    }
  }

  func clear() async throws {
    try await end()
    try await Blocking.run {
      guard FileManager.default.fileExists(atPath: folder) else { return }
      try StateFile.reporting("remove \(folder)", subject: "dns") {
        try FileManager.default.removeItem(atPath: folder)
      }
    }
  }
}
