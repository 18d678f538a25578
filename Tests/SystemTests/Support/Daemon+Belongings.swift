import CoveyWire
import Foundation

/// All that a refused request must leave as it was.
struct Belongings: Hashable, Sendable {
  var guests: [String]
  var groups: [String]
  var templates: [String]
  /// Files and folders below the state folder that belong to guests, templates and balancers.
  var files: [String]
  /// QEMU and HAProxy.
  var processes: [String]
}

extension Daemon {
  func everything() async throws -> Belongings {
    let guests: ListView<GuestView> = try await client.get(Routes.guests)
    let groups: ListView<GroupView> = try await client.get(Routes.groups)
    let templates: ListView<TemplateView> = try await client.get(Routes.templates)
    return Belongings(
      guests: guests.items.map { "\($0.name) \($0.uuid)" },
      groups: groups.items.map { "\($0.name) \($0.min) \($0.max) \($0.cpuAbove) \($0.listen)" },
      templates: templates.items.map(\.digest),
      files: ["guests", "templates", "balancers"].flatMap { files(below: $0) },
      processes: Processes.running(with: "\(state)/")
        .map(Processes.commandLine).filter { !$0.contains("coveyd") && !$0.isEmpty }.sorted())
  }

  func files(below folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: "\(state)/\(folder)")?.allObjects ?? []
    return names.compactMap { $0 as? String }.map { "\(folder)/\($0)" }.sorted()
  }

  /// The QEMU process of a guest.
  func machine(of guest: String) throws -> Int32 {
    let found = Processes.running(with: "guest=\(guest),").filter {
      Processes.commandLine(of: $0).contains("\(state)/")
    }
    guard let number = found.first, found.count == 1 else {
      throw Unexpected("guest \(guest) has \(found.count) QEMU processes")
    }
    return number
  }

  var machines: [Int32] { Processes.running(with: "\(state)/guests/") }
  var balancers: [Int32] { Processes.running(with: "\(state)/balancers/") }
}
