import Covey
import CoveyEngine
import CoveyHypervisor
import Foundation
import Logging
import Synchronization

/// Remembers which accelerator was found to work, and settles it with the first template that can boot a probe.
final class AcceleratorChoice: Sendable {
  private static let key = "accelerator"

  private let store: any Store
  private let probe: AcceleratorProbe
  private let shelf: TemplateFolder
  private let logger: Logger
  private let current: Mutex<AcceleratorFinding>

  var finding: AcceleratorFinding { current.withLock { $0 } }

  init(store: any Store, probe: AcceleratorProbe, shelf: TemplateFolder, logger: Logger) {
    self.store = store
    self.probe = probe
    self.shelf = shelf
    self.logger = logger
    let fingerprint = Self.fingerprint
    let remembered = Self.remembered(in: store)
    let isStillTrue = remembered?.fingerprint == fingerprint
    current = Mutex(
      isStillTrue
        ? remembered ?? probe.withoutProbe(fingerprint: fingerprint)
        : probe.withoutProbe(fingerprint: fingerprint))
  }

  /// Boots the template's kernel as a probe, unless that is settled. Takes some seconds then.
  func settle(with template: Template) async {
    guard !finding.isSettled, template.files.contains(where: { $0.role == .kernel }) else { return }
    let found = await probe.probe(
      kernel: shelf.path(of: .kernel, in: template), initrd: shelf.path(of: .initrd, in: template),
      fingerprint: Self.fingerprint)
    current.withLock { $0 = found }
    logger.notice("accelerator \(found.accelerator.rawValue): \(found.evidence)")
    do {
      try store.set(Self.key, to: String(decoding: JSONEncoder().encode(found), as: UTF8.self))
    } catch {
      // It is probed again at the next start, that is all.
      logger.error("accelerator not remembered: \(error)")
    }
  }

  private static func remembered(in store: any Store) -> AcceleratorFinding? {
    guard let text = try? store.setting(key) else { return nil }  // unreadable: probed again
    return try? JSONDecoder().decode(AcceleratorFinding.self, from: Data(text.utf8))
  }

  /// What a finding depends on: another kernel, QEMU or a device that came or went asks for a new probe.
  private static var fingerprint: String {
    let qemu = HostInspection.find("qemu-system-x86_64").flatMap { path in
      try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
    let device = access("/dev/kvm", R_OK | W_OK) == 0 ? "kvm" : "no-kvm"
    let kernel = FileManager.default.contents(atPath: "/proc/sys/kernel/osrelease") ?? Data()
    let release = String(decoding: kernel, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return "\(device) \(release) qemu-\(Int(qemu?.timeIntervalSince1970 ?? 0))"
  }
}
