import Covey
import CoveyEngine
import Libvirt

extension LibvirtLayers {
  /// How often a job of QEMU's is looked at.
  static let lookEvery: Duration = .milliseconds(50)

  /// Has QEMU merge layers, and waits until the machine's files are as they should then be. A job that an earlier daemon
  /// began is waited for first.
  func merge(
    _ guest: Guest, until isDone: ([String]) -> Bool,
    report: @escaping @Sendable (WorkDone) -> Void,
    _ begin: (Domain) async throws(LibvirtError) -> Void
  ) async throws {
    for attempt in 1...3 {
      guard let machine = try await machine(of: guest) else { throw Self.ended(guest) }
      if isDone(machine.chain) { return }
      // A move that was given up could not end its own.
      if let mirror = machine.disk.mirror?.file, HostFiles.facts(of: Self.mark(mirror)) != nil {
        try await stopMirror(of: guest)
      }
      if try await job(on: machine.domain, guest) == nil {
        do throws(LibvirtError) { try await begin(machine.domain) } catch {
          let problem = Problem(error, doing: "merging layers of the disk of", to: guest)
          guard attempt < 3, problem.code != .unsupported else { throw problem }
          logger.warning("merge not begun: \(problem)", metadata: ["guest": "\(guest.name)"])
        }
      }
      try await awaitEnd(of: machine.domain, guest, report: report)
    }
    guard let chain = try await machine(of: guest)?.chain, isDone(chain) else {
      throw Problem(
        .unavailable, subject: "guest \(guest.name)",
        "QEMU gave up merging layers of the disk of guest \"\(guest.name)\"",
        hint:
          "look for room on the file system of its disk, and at QEMU's own words in the log folder of libvirt"
      )
    }
  }

  func job(on domain: Domain, _ guest: Guest) async throws -> BlockJob? {
    try await asking(guest) { () throws(LibvirtError) in
      try await domain.blockJob(on: GuestMachine.target)
    }
  }

  /// Asks the guest's machine for something.
  ///
  /// - Throws: `.unknownOutcome` when it has ended meanwhile, else `Problem` with libvirt's reason.
  func asking<Value>(
    _ guest: Guest, doing: String = "looking at the disk of",
    _ body: () async throws(LibvirtError) -> Value
  ) async throws -> Value {
    do throws(LibvirtError) { return try await body() } catch {
      throw try await problem(error, doing: doing, guest)
    }
  }

  /// What an error about a machine means: `.unknownOutcome` when it has ended. libvirt hears of that a moment after its
  /// monitor broke.
  func problem(_ error: LibvirtError, doing: String, _ guest: Guest) async throws -> Problem {
    let looks = error.message.contains("monitor") ? 40 : 1
    for look in 1...looks {
      if try await !hypervisor.isRunning(guest) { return Self.ended(guest) }
      if look < looks { try await time.sleep(for: Self.lookEvery) }
    }
    return Problem(error, doing: doing, to: guest)
  }

  private func awaitEnd(
    of domain: Domain, _ guest: Guest, report: @Sendable (WorkDone) -> Void
  ) async throws {
    while let job = try await job(on: domain, guest) {
      // It ends only when somebody turns to it.
      guard job.kind != .copy else { throw Self.copied(guest) }
      report(Self.work(job))
      try await time.sleep(for: Self.lookEvery)
    }
  }

  private static func copied(_ guest: Guest) -> Problem {
    Problem(
      .conflict, subject: "guest \(guest.name)",
      "the disk of guest \"\(guest.name)\" is being copied, and by no move of covey's",
      hint: "restart it, which gives the copy up: covey restart \(guest.name)")
  }

  static func work(_ job: BlockJob) -> WorkDone {
    WorkDone(
      done: ByteCount(bytes: Int64(clamping: job.done)),
      total: ByteCount(bytes: Int64(clamping: job.total)))
  }

  /// Has QEMU write what it holds back to the disk. It does not by itself when it has pulled: the image then names nothing
  /// below it any more, and a power cut leaves zeros where the pulled data should be (QEMU 7.2, seen).
  func flush(_ guest: Guest, _ domain: Domain) async throws {
    let device = "/machine/peripheral/virtio-disk0/virtio-backend"
    let answer = try await hypervisor.attempting("flushing the disk of", guest) {
      () throws(LibvirtError) in try await domain.humanMonitor("qemu-io -d \(device) flush")
    }
    guard answer.allSatisfy(\.isWhitespace) else {
      throw Problem(
        .unavailable, subject: "guest \(guest.name)",
        "QEMU does not flush the disk of guest \"\(guest.name)\": \(answer)",
        hint: "look at the host's disks and its kernel log")
    }
  }

  /// The machine ended in the middle of a job: its files are whole, and the step is done again without it.
  static func ended(_ guest: Guest) -> Problem {
    Problem(
      .unknownOutcome, subject: "guest \(guest.name)",
      "the machine of guest \"\(guest.name)\" ended while its disk was being worked on",
      hint: "covey looks again")
  }
}
