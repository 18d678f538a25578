import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyTraffic
import CoveyWire
import Foundation

/// Says what the host has and lacks; works without a running daemon too (`coveyd --check`).
struct Doctor: Sendable {
  let configuration: Configuration
  let link: LibvirtLink
  let accelerator: AcceleratorChoice
  let names: any NameServer

  /// Opens the connection if need be, which takes some seconds the first time.
  func view() async -> DoctorView {
    var problems = HostInspection().missing(HostInspection.needs)
    var versions = await HostInspection().versions(on: link)
    versions["covey"] = Coveyd.version
    if versions["libvirt"] == nil { problems.append(await connectionProblem()) }
    problems += Self.spaceProblems(at: configuration.state.root)
    problems += await networkProblems() + [balancerProblem()].compactMap(\.self)
    let dns = await names.inspect()
    if let problem = dns.problem {
      problems.append(HostProblem(.error, "DNS: \(problem.message)", mend: problem.hint))
    }
    let finding = accelerator.finding
    if finding.accelerator == .tcg, finding.isSettled, !link.isTest {
      problems.append(
        HostProblem(
          .warning,
          "guests are emulated (TCG), several times slower than with KVM: \(finding.evidence)",
          mend: "use a host whose /dev/kvm works for this user, if speed matters"))
    }
    return DoctorView(
      accelerator: finding.accelerator.rawValue, acceleratorEvidence: finding.evidence,
      acceleratorSettled: finding.isSettled, connect: configuration.connect,
      state: configuration.state.root, socket: configuration.socket,
      dns: dns.endpoint?.description, domain: configuration.domain.text,
      addresses: await addresses(), versions: versions,
      problems: problems.map {
        .init(severity: $0.severity.rawValue, what: $0.what, mend: $0.mend)
      })
  }

  /// The pool of guests' addresses, in words.
  private func addresses() async -> String {
    switch configuration.addresses {
    case .loopback(let pool): return pool.description
    case .bridge(let bridge):
      let pool = await LibvirtNetwork.facts(of: bridge.name, on: link)?.pool
      return "network \(bridge.name): \(pool?.description ?? "not there")"
    }
  }

  private func networkProblems() async -> [HostProblem] {
    guard case .bridge(let bridge) = configuration.addresses else { return [] }
    let missing = link.isTest ? [] : HostInspection().missing(HostInspection.needsOfBridges)
    return missing + (await LibvirtNetwork.problems(of: bridge.name, on: link))
  }

  /// What keeps groups from being served by the HAProxy that covey is to use; nil where covey runs its own.
  func balancerProblem() async -> HostProblem? {
    guard let socket = configuration.haproxySocket else { return nil }
    do {
      // Whose servers are whose does not matter for the question.
      try await ExistingHAProxy(socket: socket, installation: "").check()
      return nil
    } catch {
      let problem = error as? Problem
      return HostProblem(
        .error, problem?.message ?? "\(error)", mend: problem?.hint ?? "see the daemon's log")
    }
  }

  private func connectionProblem() async -> HostProblem {
    do {
      _ = try await link.connection()
      return HostProblem(
        .error, "libvirt at \(link.uri) does not tell its version", mend: "see the daemon's log")
    } catch {
      let problem = error as? Problem
      return HostProblem(
        .error, problem?.message ?? "\(error)", mend: problem?.hint ?? "see the daemon's log")
    }
  }

  /// Guests' disks grow as they write; a full file system stops them all.
  private static func spaceProblems(at folder: String) -> [HostProblem] {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value, free < 1 << 30 else {
      return []
    }
    return [
      HostProblem(
        .warning, "only \(ByteCount(bytes: free)) are free for the state folder \(folder)",
        mend: "free some space, or move the state folder to a larger file system")
    ]
  }
}
