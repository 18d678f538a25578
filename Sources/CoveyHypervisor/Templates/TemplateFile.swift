import Covey
import Glibc

/// One entry of the files that a template brings along, checked to be something that an image can hold.
struct TemplateFile: Sendable, Hashable {
  /// On the host.
  let source: String
  /// In the guest, relative to its root.
  let place: String
  let content: Content

  enum Content: Sendable, Hashable {
    case folder
    case file(isExecutable: Bool)
    case link(target: String)
  }

  /// All entries below a folder, each folder before what is in it, sorted.
  ///
  /// - Throws: `.invalid` for anything but files, folders and relative links that stay inside.
  static func all(in folder: String, subject: String) throws(Problem) -> [TemplateFile] {
    try entries(in: folder, below: "", depth: 0, subject: subject)
  }

  private static func entries(in folder: String, below place: String, depth: Int, subject: String)
    throws(Problem) -> [TemplateFile]
  {
    func wrong(_ path: String, _ what: String, _ hint: String) -> Problem {
      Problem(.invalid, subject: subject, "\(path) \(what)", hint: hint)
    }
    guard depth < 64 else { throw wrong(folder, "is nested too deeply", "flatten it") }
    var found: [TemplateFile] = []
    for name in try HostFiles.names(in: folder) {
      let source = "\(folder)/\(name)"
      guard let facts = HostFiles.facts(of: source) else { continue }
      guard name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0 != "\"" && $0 != "\u{FFFD}" })
      else { throw wrong(source, "has a name that an image cannot be given", "rename it") }
      let inside = place + name
      switch HostFiles.kind(facts) {
      case .folder:
        found.append(TemplateFile(source: source, place: inside, content: .folder))
        found += try entries(in: source, below: inside + "/", depth: depth + 1, subject: subject)
      case .file:
        let isExecutable = facts.st_mode & 0o111 != 0
        found.append(
          TemplateFile(source: source, place: inside, content: .file(isExecutable: isExecutable)))
      case .link:
        let target = try HostFiles.target(of: source)
        guard staysInside(target, depth: depth) else {
          throw wrong(
            source, "is a link to \(target), outside the template's files",
            "use a relative link that stays inside")
        }
        found.append(TemplateFile(source: source, place: inside, content: .link(target: target)))
      case .pipe, .socket, .device:
        let kind = HostFiles.kind(facts).rawValue
        throw wrong(source, "is a \(kind)", "keep only files, folders and links there")
      }
    }
    return found
  }

  /// A link must mean the same in the template's folder and in the guest, so absolute ones are refused too.
  private static func staysInside(_ target: String, depth: Int) -> Bool {
    guard !target.hasPrefix("/") else { return false }
    var level = depth
    for part in target.split(separator: "/") where part != "." {
      level += part == ".." ? -1 : 1
      if level < 0 { return false }
    }
    return true
  }
}
