import Covey
import Foundation
import Libvirt

/// Looks for what covey needs on its host, and says how to mend what is missing.
public struct HostInspection: Sendable {
  /// A program that covey runs, the Debian package that has it, and what cannot work without it.
  public struct Need: Sendable, Hashable {
    public let program: String
    public let package: String
    public let purpose: String
  }

  public static let needs: [Need] = [
    Need(program: "qemu-system-x86_64", package: "qemu-system-x86", purpose: "running guests"),
    Need(program: "qemu-img", package: "qemu-utils", purpose: "making disks"),
    Need(program: "haproxy", package: "haproxy", purpose: "balancing groups"),
    Need(program: "dnsmasq", package: "dnsmasq-base", purpose: "answering DNS"),
    Need(program: "mke2fs", package: "e2fsprogs", purpose: "building templates"),
    Need(program: "modprobe", package: "kmod", purpose: "building templates"),
    Need(program: "cpio", package: "cpio", purpose: "building templates"),
    Need(program: "dpkg-deb", package: "dpkg", purpose: "building templates"),
    Need(program: "apt-get", package: "apt", purpose: "building templates"),
  ]

  /// What libvirt runs where guests are on one of its networks.
  public static let needsOfBridges: [Need] = [
    Need(
      program: "dnsmasq", package: "dnsmasq-base", purpose: "DHCP and DNS of libvirt's networks"),
    Need(
      program: "ebtables", package: "iptables",
      purpose: "keeping guests from using others' addresses"),
    Need(program: "iptables", package: "iptables", purpose: "libvirt's networks"),
  ]

  /// Folders that are searched besides PATH: users' paths often leave out the administrator's programs.
  static let extraFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"]

  public init() {}

  /// What is missing on this host, in the order of `needs`.
  public func missing(_ needs: [Need] = Self.needs) -> [HostProblem] {
    needs.filter { Self.find($0.program) == nil }.map { need in
      HostProblem(
        .error, "\(need.program) is missing; it is needed for \(need.purpose)",
        mend: "apt-get install \(need.package)")
    }
  }

  /// The path of a program; nil when it is nowhere.
  public static func find(_ program: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init) + extraFolders
    return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  /// Versions of libvirt and QEMU; empty when the connection cannot be opened.
  public func versions(on link: LibvirtLink) async -> [String: String] {
    guard let connection = try? await link.connection() else { return [:] }  // a problem of its own
    var versions: [String: String] = [:]
    if let libvirt = try? await connection.libraryVersion() { versions["libvirt"] = "\(libvirt)" }
    if let qemu = try? await connection.hypervisorVersion() { versions["hypervisor"] = "\(qemu)" }
    return versions
  }
}
