import CoveyWire
import Foundation

/// Reads what the report says about the machine and its programs.
enum HostInspection {
  static func facts(_ doctor: DoctorView, build: String) async throws -> HostFacts {
    var versions = doctor.versions.filter { $0.key != "hypervisor" }
    versions["kernel"] = try await line(["uname", "-sr"])
    versions["qemu"] = try await number(["qemu-system-x86_64", "--version"])
    versions["libvirt"] = try await number(["virsh", "--version"])
    versions["haproxy"] = try await number(["haproxy", "-v"])
    versions["podman"] = try await number(["podman", "--version"])
    versions["runc"] = try await number(["runc", "--version"])
    versions["virt-clone"] = try await number(["virt-clone", "--version"])
    let memory = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    return HostFacts(
      processors: ProcessInfo.processInfo.activeProcessorCount,
      memoryMiB: (HostMemory.kibibytes(of: "MemTotal", in: memory) ?? 0) / 1024,
      fileSystem: try await line(["findmnt", "-n", "-o", "FSTYPE", "-T", "/tmp"]),
      accelerator: doctor.accelerator, acceleratorEvidence: doctor.acceleratorEvidence,
      build: build,
      versions: versions)
  }

  private static func line(_ words: [String]) async throws -> String {
    let text = try await Tool.run(words)
    return text.split(separator: "\n").first.map(String.init) ?? ""
  }

  /// The first word that begins with a digit.
  private static func number(_ words: [String]) async throws -> String {
    let text = try await Tool.run(words)
    let numbers = text.split { " \n,".contains($0) }.filter { $0.first?.isNumber == true }
    return numbers.first.map(String.init) ?? "unknown"
  }
}
