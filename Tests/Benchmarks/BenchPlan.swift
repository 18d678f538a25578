import Foundation

/// What a run measures, and how often.
struct BenchPlan: Sendable {
  /// The parts of a run.
  enum Trial: String, CaseIterable, Sendable {
    case starts, burst, size, memory, reaction, traffic, disk
  }

  let subjects: [Subject]
  let sides: Set<SideKind>
  let trials: Set<Trial>
  let rounds: Int
  let repeats: Int
  let quiet: Quiet
  let memoryGuests: Int
  let memoryRest: Duration
  let diskMebibytes: Int
  let binaries: String

  /// Bursts and reactions take long, and each has a whole machine to itself: fewer do.
  var fewerRounds: Int { max(1, min(rounds, 5)) }

  /// Which build is measured.
  var build: String {
    // SwiftPM names the folder so, whatever folder is around it.
    URL(filePath: binaries).resolvingSymlinksInPath().lastPathComponent
  }

  static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// - Returns: the named ones, or all when none is named.
  /// - Throws: `Trouble` for a name that is none.
  static func choose<Choice: RawRepresentable & CaseIterable & Hashable>(
    _ text: String?
  ) throws -> Set<Choice> where Choice.RawValue == String {
    guard let text else { return Set(Choice.allCases) }
    return Set(
      try words(text).map { word in
        guard let choice = Choice(rawValue: word) else {
          let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
          throw Trouble("\(word) is none of \(all)")
        }
        return choice
      })
  }

  /// The folder given, else the one that the harness's own program is in.
  static func folder(_ given: String?) throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder =
      given.map { URL(filePath: $0).standardizedFileURL.path }
      ?? (own as NSString).deletingLastPathComponent
    for program in ["covey", "coveyd"] {
      guard FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") else {
        throw Trouble(
          "there is no \(program) in \(folder); build it, or name its folder: --binaries")
      }
    }
    return folder
  }
}
