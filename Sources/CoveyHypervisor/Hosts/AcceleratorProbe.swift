import Covey
import CoveyEngine
import Foundation
import Libvirt
import LibvirtXML

/// Settles which accelerator works, by booting a template's kernel under KVM.
///
/// `/dev/kvm` may open and answer, and libvirt may offer `kvm`, on hosts where a stock kernel then hangs (nested
/// paravirtual KVM, seen): only a kernel that really boots in time is evidence. The template's initrd prints
/// `covey-probe-ok` and powers off when the kernel command line holds `covey.probe`.
public struct AcceleratorProbe: Sendable {
  /// How long the probe guest may take; TCG takes 3 s, KVM that works well under one.
  public static let deadline: Duration = .seconds(10)
  static let marker = "covey-probe-ok"

  private let link: LibvirtLink
  private let time: any TimeSource
  private let identifiers: any Identifiers
  /// A folder for the probe's console log.
  private let scratch: String

  public init(
    link: LibvirtLink, time: any TimeSource, identifiers: any Identifiers, scratch: String
  ) {
    self.link = link
    self.time = time
    self.identifiers = identifiers
    self.scratch = scratch
  }

  /// What can be said without a probe: nothing to settle where there is no usable device.
  public func withoutProbe(fingerprint: String) -> AcceleratorFinding {
    guard !link.isTest else {
      return AcceleratorFinding(
        .tcg, evidence: "the test driver runs no machines", isSettled: true,
        fingerprint: fingerprint)
    }
    guard access("/dev/kvm", R_OK | W_OK) == 0 else {
      return AcceleratorFinding(
        .tcg, evidence: "/dev/kvm is not there or this user may not use it", isSettled: true,
        fingerprint: fingerprint)
    }
    return AcceleratorFinding(
      .tcg,
      evidence: "/dev/kvm is there; a probe guest settles it when the first template is built",
      isSettled: false, fingerprint: fingerprint)
  }

  /// Boots the probe guest under KVM and says what it showed. Takes up to `deadline`; leaves nothing behind.
  public func probe(kernel: String, initrd: String, fingerprint: String) async
    -> AcceleratorFinding
  {
    let known = withoutProbe(fingerprint: fingerprint)
    guard !known.isSettled else { return known }
    let log = "\(scratch)/probe-\(identifiers.operation()).log"
    defer { unlink(log) }
    do {
      let began = time.now()
      let booted = try await boots(kernel, initrd, log)
      // A probe that was cut off shows nothing.
      guard !Task.isCancelled else { return known }
      let took = (time.now() - began).inSeconds
      return booted
        ? AcceleratorFinding(
          .kvm, evidence: "a probe guest booted under KVM in \(took) s", isSettled: true,
          fingerprint: fingerprint)
        : AcceleratorFinding(
          .tcg,
          evidence:
            "a probe guest did not boot under KVM in \(Self.deadline.text), although /dev/kvm is there",
          isSettled: true, fingerprint: fingerprint)
    } catch let problem as Problem {
      // No connection, no evidence.
      return AcceleratorFinding(
        .tcg, evidence: "no probe guest could be started yet: \(problem.message)",
        isSettled: false, fingerprint: fingerprint)
    } catch {
      return AcceleratorFinding(
        .tcg, evidence: "a probe guest could not be started under KVM: \(Self.gist(of: error))",
        isSettled: true, fingerprint: fingerprint)
    }
  }

  /// The first line of what libvirt says; QEMU's own words follow in its log.
  private static func gist(of error: any Error) -> String {
    let words = (error as? LibvirtError)?.message ?? "\(error)"
    return words.split(separator: "\n").first.map(String.init) ?? words
  }

  private func boots(_ kernel: String, _ initrd: String, _ log: String) async throws -> Bool {
    let connection = try await link.connection()
    let domain = try await connection.create(domainXML: document(kernel, initrd, log).serialised())
    let booted = await isMarked(log)
    // It may have powered off by itself, and then it is gone: a transient domain leaves nothing.
    do { try await domain.destroy() } catch LibvirtError.Code.noDomain {} catch LibvirtError.Code
      .operationInvalid
    {}
    return booted
  }

  private func document(_ kernel: String, _ initrd: String, _ log: String) -> DomainDocument {
    var domain = DomainDocument(
      name: "covey-probe-\(identifiers.operation())", type: .kvm, memory: 128 << 20, machine: "pc")
    domain.uuid = identifiers.uuid()
    domain.kernel = kernel
    domain.initrd = initrd
    domain.commandLine = "console=ttyS0 quiet panic=-1 covey.probe"
    domain.cpuMode = "host-passthrough"
    domain.serials = [.serial(.file(log))]
    return domain
  }

  private func isMarked(_ log: String) async -> Bool {
    let end = time.now() + Self.deadline
    while time.now() < end {
      if ConsoleLog(path: log).tail(20).contains(where: { $0.contains(Self.marker) }) {
        return true
      }
      do { try await time.sleep(for: .milliseconds(50)) } catch { return false }
    }
    return false
  }
}
