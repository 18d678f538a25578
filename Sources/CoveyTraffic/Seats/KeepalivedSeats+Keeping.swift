import Covey
import CoveyEngine
import Foundation

extension KeepalivedSeats {
  /// How long keepalived has to give its address away when it is asked to end; it takes a second.
  static let endingPatience = Duration.seconds(5)
  /// A HAProxy that takes longer for an answer is shown as mute.
  static let answerLimit = Duration.seconds(1)

  /// Looks at a seat, and starts its keepalived when it does not run as it should.
  func look(at place: SeatPlace, of balancer: MovingAddress) async -> SeatFinding {
    var problem: Problem?
    var view: NamespaceView?
    do {
      view = try await checked(place)
      problem = try await keep(place, of: balancer)
    } catch {
      problem = Self.problem(error, place)
    }
    let files = place.keepalived
    let isMoving = try? await Blocking.run {
      LogFile.trim(files.log)
      return try files.processes.identifiers().contains { !files.isStopped($0) }
    }
    let listeners = await listeners(at: place)
    let mute = listeners.filter { !$0.value }.keys.min { $0.port < $1.port }
    let silence = mute.map {
      Problem(
        .unavailable, subject: place.subject, "HAProxy on \($0) does not answer",
        hint: "coveyd starts it again; see haproxy.log below \(place.path)")
    }
    return SeatFinding(
      seat: place.seat.namespace,
      hasAddress: view?.interface(place.seat.interface)?.addresses
        .contains(balancer.address.address) ?? false,
      isMoving: isMoving ?? false, listeners: listeners,
      problem: problem ?? registry.problem(at: place) ?? silence)
  }

  /// The namespace of a seat, when its interface and its own address are there.
  func checked(_ place: SeatPlace) async throws -> NamespaceView {
    let seat = place.seat
    let view = try await NamespaceView.read(seat.namespace, subject: place.subject)
    guard let interface = view.interface(seat.interface) else {
      throw Problem(
        .invalid, subject: place.subject,
        "namespace \(seat.namespace) has no interface \"\(seat.interface)\"",
        hint: "see: ip -n \(seat.namespace) link")
    }
    guard interface.addresses.contains(seat.address) else {
      throw Problem(
        .invalid, subject: place.subject,
        "\(seat.address) is not an address of \(seat.interface) in namespace \(seat.namespace)",
        hint: "see: ip -n \(seat.namespace) address show dev \(seat.interface)")
    }
    return view
  }

  /// - Returns: what was wrong and is mended now.
  private func keep(_ place: SeatPlace, of balancer: MovingAddress) async throws -> Problem? {
    let files = place.keepalived
    let configuration = try KeepalivedConfiguration(balancer, at: place)
    let wasThere = try await Blocking.run {
      let wasThere = FileManager.default.fileExists(atPath: files.configuration)
      try place.create()
      return wasThere
    }
    let isChanged = try await files.write(configuration.text, in: place.seat.namespace)
    let (running, isMute) = try await Blocking.run {
      let running = try files.processes.identifiers()
      return (running, running.contains(where: files.isStopped))
    }
    if !running.isEmpty, !isMute {
      if isChanged { try await Blocking.run { files.reload() } }
      return nil
    }
    // One that is stopped holds the address without speaking for it.
    if isMute { try await end(files) }
    try await files.start(in: place.seat.namespace)
    guard wasThere else { return nil }
    return Problem(
      .unavailable, subject: place.subject,
      isMute ? "keepalived was stopped" : "keepalived had ended",
      hint: "it was started again; see \(files.log)")
  }

  private func listeners(at place: SeatPlace) async -> [Endpoint: Bool] {
    let sockets = (try? await Blocking.run { place.sockets() }) ?? []
    return await withTaskGroup(of: (Endpoint, Bool)?.self) { tasks in
      for socket in sockets {
        tasks.addTask {
          let folder = (socket as NSString).deletingLastPathComponent
          guard let endpoint = BalancerFolder.endpoint(of: (folder as NSString).lastPathComponent)
          else { return nil }
          let socket = RuntimeSocket(path: socket, subject: place.subject, limit: Self.answerLimit)
          let answer = try? await socket.ask(.showInfo)
          return (endpoint, answer != nil)
        }
      }
      return await tasks.reduce(into: [:]) { found, one in if let one { found[one.0] = one.1 } }
    }
  }

  /// Ends what runs at a balancer's seats, and removes its folder. SIGTERM has keepalived take its address away.
  func end(_ balancer: Name) async throws {
    for number in 1...MovingAddress.seatsAllowed.upperBound {
      let path = SeatPlace.path(root: registry.root, balancer, number: number)
      let files = KeepalivedFiles(folder: path, subject: "balancer \(balancer) seat \(number)")
      guard try await Blocking.run({ FileManager.default.fileExists(atPath: path) }) else {
        continue
      }
      try await end(files)
      let proxy = try HAProxyBalancer(folder: path)
      try await proxy.close(besides: [])
    }
    let folder = "\(registry.root)/\(balancer)"
    try await Blocking.run {
      try StateFile.reporting("remove the folder \(folder)", subject: "balancer \(balancer)") {
        try FileManager.default.removeItem(atPath: folder)
      }
    }
  }

  private func end(_ files: KeepalivedFiles) async throws {
    try await Blocking.run {
      // One that is stopped would end without giving its address away.
      for process in try files.processes.identifiers() where files.isStopped(process) {
        kill(process, SIGCONT)
      }
    }
    try await files.processes.end(patience: Self.endingPatience)
  }

  /// Two seats that go on to hold the address do not hear each other, or one of them hears nothing. Pure.
  static func judged(_ findings: [SeatFinding], _ balancer: MovingAddress) -> [SeatFinding] {
    let holders = findings.filter { $0.hasAddress && $0.isMoving }
    guard holders.count > 1 else { return findings }
    let names = holders.map(\.seat).joined(separator: " and ")
    return findings.map { finding in
      guard finding.hasAddress, finding.isMoving, finding.problem == nil else { return finding }
      return SeatFinding(
        seat: finding.seat, hasAddress: true, isMoving: true, listeners: finding.listeners,
        problem: Problem(
          .conflict, subject: "balancer \(balancer.name) seat \(finding.seat)",
          "seats \(names) have the address at the same time",
          hint: "if it stays so, let VRRP (IP protocol 112) pass between the seats' own addresses"))
    }
  }

  private static func problem(_ error: any Error, _ place: SeatPlace) -> Problem {
    error as? Problem
      ?? Problem(.internal, subject: place.subject, "\(error)", hint: "see the daemon's log")
  }
}
