import Covey
import CoveyEngine
import Libvirt

extension LibvirtHypervisor {
  /// One bulk call for all guests (`virConnectGetAllDomainStats`), never one for each: a guest in a long job must not
  /// hold up the look (`noWait`). Domains that carry no record of covey's are left out.
  public func observe() async throws -> [ObservedGuest] {
    let connection = try await link.connection()
    let statistics = try await reading {
      () throws(LibvirtError) in
      try await connection.allDomainStatistics(
        [.state, .cpu, .balloon], flags: link.isTest ? [] : .noWait)
    }
    var observed: [ObservedGuest] = []
    for domain in statistics {
      guard let record = try await record(of: domain.uuid, on: connection) else { continue }
      observed.append(Self.observed(domain, record))
    }
    return observed
  }

  public func identities() async throws -> [Guest] {
    let connection = try await link.connection()
    let domains = try await reading { () throws(LibvirtError) in try await connection.domains() }
    var guests: [Guest] = []
    for domain in domains {
      guard var guest = try await record(of: domain.uuid, on: connection) else { continue }
      guest.state = .unknown
      // The record was written before the first start, and a guest that libvirt knows may have run since.
      guest.startedAt = guest.startedAt ?? guest.created
      guests.append(guest)
    }
    return guests
  }

  public func hints() async -> AsyncStream<HypervisorHint> {
    guard let connection = try? await link.connection(),
      let events = try? await connection.domainEvents()
    else {
      return AsyncStream { $0.finish() }  // no connection, no hints: the watcher asks again
    }
    return AsyncStream {
      // Iterators of one stream share it, so that each pull may have its own.
      var iterator = events.makeAsyncIterator()
      while let event = await iterator.next() {
        if let hint = Self.hint(in: event) { return hint }
      }
      return nil
    }
  }

  private static func hint(in event: DomainEvent) -> HypervisorHint? {
    switch event {
    case .lifecycle(let domain, _): .changed(uuid: domain.uuid)
    case .missed, .disconnected: .lookAtAll
    default: nil
    }
  }

  private func reading<Value>(_ body: () async throws(LibvirtError) -> Value) async throws -> Value
  {
    do throws(LibvirtError) { return try await body() } catch {
      throw Problem(
        .unavailable, subject: link.uri, "libvirt at \(link.uri) does not answer: \(error.message)",
        hint: "covey tries again; see: covey doctor")
    }
  }

  /// A domain's record is read once: it is written once, when the guest is defined.
  private func record(of uuid: String, on connection: Connection) async throws -> Guest? {
    if let known = await records.lookUp(uuid) { return known.guest }
    do throws(LibvirtError) {
      let xml = try await connection.domain(uuid: uuid).metadata(uri: GuestRecord.namespace)
      let guest = xml.flatMap { GuestRecord.guest(in: $0, of: installation) }
      await records.note(guest, uuid: uuid)
      return guest
    } catch {
      if error.code == .noDomain { return nil }  // gone since it was listed
      throw Problem(
        .unavailable, subject: link.uri, "libvirt at \(link.uri) does not answer: \(error.message)",
        hint: "covey tries again; see: covey doctor")
    }
  }

  private static func observed(_ domain: DomainStatistics, _ record: Guest) -> ObservedGuest {
    let machine: ObservedGuest.Machine =
      switch domain.state {
      // QEMU stops a machine for want of room alone (its `werror=enospc`); other errors it tells the guest.
      case .paused(.ioError): .held
      case .paused: .paused
      case .crashed: .crashed
      case .some(let state) where state.isActive: .running
      default: .off
      }
    let isOn = domain.state?.isActive ?? false
    return ObservedGuest(
      name: record.name, uuid: domain.uuid, machine: machine,
      cpuTime: isOn ? domain.cpuTime : nil, cpus: record.machine.cpus,
      memory: isOn ? domain.balloonRSS.map { ByteCount(bytes: Int64(clamping: $0)) } : nil)
  }
}

/// Which domains are covey's, by UUID.
actor RecordCache {
  /// A domain that was looked at; its guest is nil when it is not covey's.
  struct Entry { let guest: Guest? }

  private var entries: [String: Entry] = [:]

  func lookUp(_ uuid: String) -> Entry? { entries[uuid] }
  func note(_ guest: Guest) { entries[guest.uuid] = Entry(guest: guest) }
  func note(_ guest: Guest?, uuid: String) { entries[uuid] = Entry(guest: guest) }
  func forget(_ uuid: String) { entries[uuid] = nil }
}
