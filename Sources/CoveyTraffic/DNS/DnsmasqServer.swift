import Covey
import CoveyEngine
import Foundation

/// Answers DNS by a dnsmasq process of covey's own, which outlives covey.
///
/// Its files are in the folder: `hosts` (the zone), `listen` (where it answers) and `dnsmasq.log`. It is known by its command
/// line, so that a daemon started later takes it over, and no other's dnsmasq is ever touched. It listens on one address,
/// knows the zone alone, and asks nobody else.
public actor DnsmasqServer: NameServer {
  private let place: DnsmasqPlace
  /// The process that answers; nil until it was found or started.
  private var running: DnsmasqPlace.Running?
  /// Whether the running process has read what is in the file: an earlier daemon may have been killed in between.
  private var isRead = false
  private var problem: Problem?

  /// - Parameters:
  ///   - folder: made when needed.
  ///   - listen: where it answers; nil takes where it answered last, or, where another program has that for longer than a
  ///     second, the first free port of `DnsmasqPlace.usualPorts` on 127.0.0.1.
  ///   - program: path of the dnsmasq executable; nil looks in PATH, /usr/sbin and /sbin.
  public init(folder: String, domain: HostName, listen: Endpoint?, program: String? = nil) {
    self.init(
      place: DnsmasqPlace(
        folder: URL(fileURLWithPath: folder).standardizedFileURL.path, domain: domain,
        listen: listen, programName: program))
  }

  init(place: DnsmasqPlace) { self.place = place }

  /// Writes the zone, as a whole or not at all, and has the process read it; starts the process where none runs.
  ///
  /// To be called by one caller, one call after another. The file is written and read only when it differs.
  public func publish(_ zone: Zone) async throws {
    do {
      let (place, text, known) = (place, DnsmasqPlace.hosts(zone), running)
      let isChanged = try await Blocking.run {
        LogFile.trim(place.log)
        return try place.write(text)
      }
      if isChanged { isRead = false }
      let found = try await place.ensured(known)
      // One that has just begun has read the file; another may not have.
      if !found.isFresh, !isRead || found.running != known {
        try await Blocking.run { try place.haveRead(by: found.running) }
      }
      (running, isRead, problem) = (found.running, true, nil)
    } catch {
      (running, isRead) = (nil, false)
      problem = error as? Problem
      throw error
    }
  }

  /// Where DNS is answered, and what keeps it from being; for a daemon that runs, and for one that only looks.
  public func inspect() async -> (endpoint: Endpoint?, problem: Problem?) {
    let (place, problem) = (place, problem)
    do {
      return try await Blocking.run {
        if let running = try place.processes().first { return (running.listen, problem) }
        if let problem { return (nil, problem) }
        _ = try place.program()
        return (try place.freeEndpoint(), nil)
      }
    } catch {
      return (nil, error as? Problem ?? Problem(.internal, subject: "dns", "\(error)", hint: ""))
    }
  }

  /// Ends the process and removes its files. Succeeds when there is neither.
  public func close() async throws {
    let place = place
    try await place.clear()
    (running, isRead) = (nil, false)
  }
}
