import Foundation

/// Processes that outlived the daemon that started them.
enum Leftovers {
  /// A process and the words it was started with.
  struct Process: Hashable, Sendable {
    let id: Int32
    let arguments: [String]
  }

  /// Asks the processes whose arguments mention a folder to end, and ends those that do not within three seconds.
  static func end(mentioning folder: String) async {
    let found = mentioning(folder, among: running(), but: getpid())
    guard !found.isEmpty else { return }
    for process in found { kill(process.id, SIGTERM) }
    for _ in 0..<30 {
      if !found.contains(where: { isAlive($0.id) }) { return }
      do {
        try await Task.sleep(for: .milliseconds(100))
      } catch {
        break
      }
    }
    for process in found where isAlive(process.id) { kill(process.id, SIGKILL) }
  }

  /// Pure: those whose arguments have the folder or something inside it.
  static func mentioning(_ folder: String, among all: [Process], but own: Int32) -> [Process] {
    all.filter { process in
      process.id != own && process.arguments.contains { $0.contains(folder) }
    }
  }

  /// False for a process that has ended, reaped or not.
  static func isAlive(_ id: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return false }
    let state = stat[stat.index(after: name)...].first { $0 != " " }
    return state != "Z" && state != "X"
  }

  private static func running() -> [Process] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { entry in
      guard let id = Int32(entry),
        let data = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline")
      else { return nil }
      let arguments = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return Process(id: id, arguments: arguments)
    }
  }
}
