import Foundation

/// How much processor time everyone and the enclosure have used, at one moment.
struct HostLoad: Sendable {
  /// All processors, idle time left out, in seconds.
  let everyone: Double
  /// What runs in the enclosure, and what has run there and was reaped.
  let own: Double
  let at: ContinuousClock.Instant

  static func now() -> HostLoad {
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let stat = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    // One that ends between the listing and the reading is counted with its parent next time.
    let own = entries.filter { Int($0) != nil }.compactMap {
      (try? String(contentsOfFile: "/proc/\($0)/stat", encoding: .utf8)).flatMap(ticksUsed)
    }
    return HostLoad(
      everyone: Double(ticksBusy(in: stat)) / ticks,
      own: Double(own.reduce(0, +)) / ticks, at: .now)
  }

  /// Processors that others kept busy since an earlier moment; stolen time counts as others'.
  func foreign(since earlier: HostLoad) -> Double {
    let used = (everyone - earlier.everyone) - (own - earlier.own)
    return max(0, used / seconds(since: earlier))
  }

  /// Processors that were busy at all.
  func total(since earlier: HostLoad) -> Double {
    (everyone - earlier.everyone) / seconds(since: earlier)
  }

  private func seconds(since earlier: HostLoad) -> Double {
    max(earlier.at.duration(to: at).seconds, 0.001)
  }

  /// User, nice, system, irq, softirq and steal of the first line of /proc/stat. Pure.
  static func ticksBusy(in stat: String) -> Int {
    let line = stat.split(separator: "\n").first ?? ""
    let numbers = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard numbers.count >= 8 else { return 0 }
    return numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6] + numbers[7]
  }

  /// A process's own time and that of its reaped children, from its stat file. Pure.
  static func ticksUsed(in stat: String) -> Int? {
    guard let name = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    guard fields.count > 14 else { return nil }
    return fields[11...14].compactMap { Int($0) }.reduce(0, +)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
  var milliseconds: Double { seconds * 1000 }
}
