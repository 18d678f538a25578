import Covey

/// The host's memory that can still be given out without swapping.
enum HostMemory {
  /// `MemAvailable` of `/proc/meminfo`; nil when the system does not tell.
  static func available(in text: String? = try? HostFiles.text(of: "/proc/meminfo", limit: 1 << 16))
    -> ByteCount?
  {
    let line = text?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let number = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    return number.map { ByteCount(bytes: $0 * 1024) }
  }

  /// What a fork needs at least: QEMU itself, and the part of its memory that it soon writes to.
  static func neededByFork(of machine: MachineSize) -> ByteCount {
    ByteCount(bytes: max(ByteCount.mebibytes(64).bytes, machine.memory.bytes / 4))
  }

  /// - Throws: `.noSpace` when a fork of this size would push the host into swapping.
  static func require(for guest: Guest, available: ByteCount? = available()) throws(Problem) {
    let needed = neededByFork(of: guest.machine)
    guard let available, available < needed else { return }
    throw Problem(
      .noSpace, subject: "guest \(guest.name)",
      "the host has \(available) of memory left, and a fork of \(guest.machine) needs about \(needed)",
      hint: "stop guests, or add memory to the host")
  }
}
