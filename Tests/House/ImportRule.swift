/// Who may import whom. The picture is in `docs/architecture.md`.
enum ImportRule {
  /// Our rooms, and which of ours each may import.
  static let rooms: [String: Set<String>] = [
    "CLibvirt": [],
    "Libvirt": ["CLibvirt"],
    "LibvirtXML": [],
    "Covey": [],
    "CoveyEngine": ["Covey"],
    "CoveyHypervisor": ["Covey", "CoveyEngine", "Libvirt", "LibvirtXML"],
    "CoveyTraffic": ["Covey", "CoveyEngine"],
    "CoveyStore": ["Covey", "CoveyEngine"],
    "CoveyWire": [],
    "covey": ["CoveyWire"],
    "coveyd": [
      "Covey", "CoveyEngine", "CoveyHypervisor", "CoveyTraffic", "CoveyStore", "CoveyWire",
    ],
  ]

  /// Parts from outside that belong to some rooms alone.
  static let guests: [String: Set<String>] = [
    "GRDB": ["CoveyStore"],
    "Hummingbird": ["coveyd"],
    "ArgumentParser": ["covey", "coveyd"],
    "ServiceLifecycle": ["coveyd"],
    "FoundationXML": ["LibvirtXML"],
  ]

  /// What a room without input and output has no use for.
  static let outsideWorld: Set<String> = [
    "Foundation", "FoundationEssentials", "FoundationXML", "FoundationNetworking", "Glibc",
    "Dispatch", "Subprocess", "System", "Synchronization",
  ]

  static func findings(_ file: SourceFile) -> [Finding] {
    if file.path.hasPrefix("docs/") { return check(file, "an example", ["Libvirt", "LibvirtXML"]) }
    guard file.isSource else { return testFindings(file) }
    let room = String(file.room.dropFirst("Sources/".count))
    guard let allowed = rooms[room] else {
      return [
        Finding(
          file.path, "\(room) is not a room of the house",
          "put the file into one of Sources/\(rooms.keys.sorted().joined(separator: ", "))")
      ]
    }
    return check(file, room, allowed)
      + imports(of: file).compactMap { line, module in
        if let owners = guests[module], !owners.contains(room) {
          let names = owners.sorted().joined(separator: ", ")
          return Finding(
            file.path, line: line, "\(room) imports \(module), which belongs to \(names)",
            "do it behind a port in \(names)")
        }
        if room == "Covey", outsideWorld.contains(module) {
          return Finding(
            file.path, line: line, "Covey imports \(module), but rules are pure",
            "pass the fact in as a value, or move the code behind a port of CoveyEngine")
        }
        return nil
      }
  }

  /// Modules that a file imports, with their lines.
  static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
    file.code.enumerated().compactMap { index, line in
      let words = line.split(separator: " ").map(String.init)
      guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy({ $0.hasPrefix("@") || levels.contains($0) })
      else { return nil }
      let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let path = words[(keyword + 1)...].first { !kinds.contains($0) }
      return path?.split(separator: ".").first.map { (index + 1, String($0)) }
    }
  }

  private static let levels: Set = ["public", "package", "internal", "fileprivate", "private"]

  private static func check(_ file: SourceFile, _ room: String, _ allowed: Set<String>) -> [Finding]
  {
    imports(of: file).filter { rooms[$0.module] != nil && !allowed.contains($0.module) }.map {
      let names = allowed.isEmpty ? "none of ours" : allowed.sorted().joined(separator: ", ")
      return Finding(
        file.path, line: $0.line, "\(room) imports \($0.module)",
        "it may import \(names); see docs/architecture.md")
    }
  }

  /// Tests may import what they test; only C stays with the binding's own tests.
  private static func testFindings(_ file: SourceFile) -> [Finding] {
    guard file.room != "Tests/LibvirtTests" else { return [] }
    return imports(of: file).filter { $0.module == "CLibvirt" }.map {
      Finding(
        file.path, line: $0.line, "a test imports CLibvirt",
        "use Libvirt, or move the test to Tests/LibvirtTests")
    }
  }
}
