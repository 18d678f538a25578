import Covey
import Foundation

extension Program {
  /// Whether the program runs, started by whomever, with a file of a folder among its arguments.
  func works(in folder: String) -> Bool {
    // Where the list cannot be read, nothing is known to run.
    let processes = (try? HostFiles.names(in: "/proc")) ?? []
    return processes.contains { process in
      guard process.allSatisfy(\.isNumber),
        // Gone since it was listed.
        (try? HostFiles.text(of: "/proc/\(process)/comm", limit: 64)) == name + "\n",
        let words = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline"))
      else { return false }
      return words.split(separator: 0).contains { $0.starts(with: Array("\(folder)/".utf8)) }
    }
  }
}
