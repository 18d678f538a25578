import CoveyWire
import Foundation

/// What a guest of `tiny-web` says of itself on its page `who`.
struct Portrait: Hashable, Sendable {
  let hostname: String
  let machineID: String
  let mac: String
  let random: String
  /// Seconds by which its clock is off at least, the time that the answer took aside.
  let clockError: Double
}

extension Daemon {
  func who(_ name: String) async throws -> Portrait {
    let asked = Date().timeIntervalSince1970
    let page = try await page("/cgi-bin/who", of: name)
    let answered = Date().timeIntervalSince1970
    guard let hostname = page["hostname"], let machineID = page["machine-id"],
      let mac = page["mac"], let random = page["random"],
      let clock = page["clock"].flatMap(Double.init)
    else { throw Unexpected("guest \(name) does not say who it is: \(page.body)") }
    // The guest shows whole seconds.
    let error = clock + 1 < asked ? clock + 1 - asked : max(0, clock - answered)
    return Portrait(
      hostname: hostname, machineID: machineID, mac: mac, random: random, clockError: error)
  }

  /// The newest warm set of the one template there is; nil when it is cool.
  func warmSet() async throws -> WarmView? {
    try await client.get(Routes.templates, as: ListView<TemplateView>.self).items.last?.warm?.last
  }

  /// SHA-256 of every file below a folder of the state, by path.
  func digests(below folder: String) throws -> [String: String] {
    var digests: [String: String] = [:]
    for file in files(below: folder) {
      let path = "\(state)/\(file)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/sha256sum")
      process.arguments = [path]
      process.standardOutput = output
      try process.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      digests[file] = String(said.prefix(64))
    }
    return digests
  }

  /// Memory that only this guest's machine holds, in bytes: its share of everything, as the kernel counts it (PSS).
  func memory(of name: String) async throws -> Int {
    let text = try String(
      contentsOfFile: "/proc/\(machine(of: name))/smaps_rollup", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Unexpected("no PSS of guest \(name)")
    }
    return kibibytes << 10
  }

  /// Processor time that a guest's machine has used, in ticks of 10 ms.
  func processorTicks(of name: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(machine(of: name))/stat", encoding: .utf8)
    // The name in brackets may hold spaces; user and system time are fields 14 and 15.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
      throw Unexpected("no processor time of guest \(name)")
    }
    return user + system
  }
}
