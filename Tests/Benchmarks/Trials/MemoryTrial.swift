import CoveyWire
import Foundation

/// What one more guest costs in memory, forked and booted.
struct MemoryTrial: Sendable {
  static let rest = Duration.seconds(30)
  /// Boots under way at a time: as many as the machine has processors, so that none waits for its turn too long.
  static let together = max(1, ProcessInfo.processInfo.activeProcessorCount)

  let subject: Subject
  let daemon: CoveyDaemon
  let guests: Int
  let rest: Duration
  let progress: Progress

  func run() async throws -> MemoryFinding {
    let fork = try await marginal(boot: false)
    let cold = try await marginal(boot: true)
    return MemoryFinding(
      template: subject.name, guests: guests, restSeconds: rest.seconds, fork: fork, cold: cold)
  }

  private func marginal(boot: Bool) async throws -> MemoryFinding.Side {
    let names = (1...guests).map { "memory-\($0)" }
    let kind = boot ? "cold" : "fork"
    try await Task.sleep(for: .seconds(2))
    try await launch([names[0]], boot: boot)
    let one = try await look("\(subject.name) memory: 1 \(kind)")
    try await launch(Array(names.dropFirst()), boot: boot)
    try await check(names, boot: boot)
    let all = try await look("\(subject.name) memory: \(guests) \(kind)s")
    try await daemon.covey("delete --force --timeout 240s \(names.joined(separator: " "))")
    return MemoryFinding.Side(
      proportional: all.proportional, proportionalOfOne: one.proportional.reduce(0, +),
      availableFall: (one.available - all.available) / Double(guests - 1))
  }

  private func launch(_ names: [String], boot: Bool) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, name) in names.enumerated() {
        if index >= Self.together { try await group.next() }
        group.addTask {
          try await daemon.covey(
            "launch \(name) --template \(subject.name) --disk ephemeral --timeout 300s"
              + (boot ? " --boot" : ""))
        }
      }
      try await group.waitForAll()
    }
  }

  private func check(_ names: [String], boot: Bool) async throws {
    let guests: ListView<GuestView> = try await daemon.client.get(Routes.guests)
    for guest in guests.items where names.contains(guest.name) {
      guard guest.start == (boot ? "boot" : "fork") else {
        throw Trouble("\(guest.name) came by \(guest.start)")
      }
    }
  }

  private func look(_ title: String) async throws -> (proportional: [Double], available: Double) {
    try await Task.sleep(for: rest)
    let sizes = HostMemory.proportionalSizes(ofMachinesWith: "guest=memory-")
    let available = HostMemory.available()
    progress.say(
      "\(title): \(Int(sizes.reduce(0, +))) MiB PSS together, \(Int(available)) MiB available")
    return (sizes, available)
  }
}

/// The host's memory in MiB, as Linux counts it.
enum HostMemory {
  /// The proportional set size of each QEMU process whose command line has the text.
  static func proportionalSizes(ofMachinesWith text: String) -> [Double] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { Int($0) != nil }.compactMap { entry in
      let words = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") ?? Data()
      guard String(decoding: words, as: UTF8.self).contains(text),
        let rollup = try? String(contentsOfFile: "/proc/\(entry)/smaps_rollup", encoding: .utf8)
      else { return nil }
      return kibibytes(of: "Pss", in: rollup).map { Double($0) / 1024 }
    }
  }

  static func available() -> Double {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    return Double(kibibytes(of: "MemAvailable", in: text) ?? 0) / 1024
  }

  /// The number of a line `NAME: N kB`. Pure.
  static func kibibytes(of name: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }
}
