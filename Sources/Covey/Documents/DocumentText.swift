import Yams

/// Reads YAML text that nobody vouches for into nodes.
///
/// Bounded in every direction before anything is walked: size of the text, depth, number of values. Aliases are what makes
/// a small text huge, and no document of covey needs many, so they are counted first.
enum DocumentText {
  static let largestText = 256 * 1024
  static let deepest = 16
  static let mostNodes = 10_000
  static let mostAliases = 8

  /// All documents of a text, those that are empty left out.
  ///
  /// - Throws: `Refusal.document` with `.syntax` or `.repeatedKey`.
  static func nodes(file: String, yaml: String) throws(Refusal) -> [DocumentNode] {
    guard yaml.utf8.count <= largestText else {
      throw refusal(file, nil, "it is larger than \(largestText / 1024) KiB")
    }
    guard aliases(in: yaml) <= mostAliases else {
      throw refusal(file, nil, "it has more than \(mostAliases) aliases (words that begin with *)")
    }
    var budget = mostNodes
    var found: [DocumentNode] = []
    for root in try roots(file: file, yaml: yaml) {
      let node = try convert(root, depth: 0, budget: &budget, file: file)
      if node.content != .nothing { found.append(node) }
    }
    return found
  }

  private static func roots(file: String, yaml: String) throws(Refusal) -> [Node] {
    do {
      // Yams keeps a pointer to the text's storage; a text of 15 bytes or fewer has none of its own.
      let parser = try Parser(yaml: yaml + String(repeating: "\n", count: 16), encoding: .utf8)
      var roots: [Node] = []
      while let root = try parser.nextRoot() {
        roots.append(root)
        guard roots.count <= mostNodes else {
          throw refusal(file, nil, "it has too many documents")
        }
      }
      return roots
    } catch let error as Refusal {
      throw error
    } catch let error as YamlError {
      throw .document(DocumentProblem(file: file, line: line(of: error), kind(of: error)))
    } catch {
      throw refusal(file, nil, "\(error)")
    }
  }

  private static func convert(
    _ node: Node, depth: Int, budget: inout Int, file: String
  ) throws(Refusal) -> DocumentNode {
    let line = node.mark?.line ?? 1
    budget -= 1
    guard budget >= 0 else { throw refusal(file, line, "it has more than \(mostNodes) values") }
    guard depth <= deepest else {
      throw refusal(file, line, "it is nested more than \(deepest) levels deep")
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isEmpty = !isQuoted && ["", "~", "null"].contains(scalar.string)
      return DocumentNode(
        line: line, content: isEmpty ? .nothing : .scalar(scalar.string, isQuoted: isQuoted))
    case .sequence(let sequence):
      var items: [DocumentNode] = []
      for item in sequence {
        items.append(try convert(item, depth: depth + 1, budget: &budget, file: file))
      }
      return DocumentNode(line: line, content: .list(items))
    case .mapping(let mapping):
      var entries: [DocumentNode.Entry] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          throw refusal(file, key.mark?.line ?? line, "a key is not a word")
        }
        let node = try convert(value, depth: depth + 1, budget: &budget, file: file)
        entries.append(.init(key: name, line: key.mark?.line ?? line, value: node))
      }
      return DocumentNode(line: line, content: .mapping(entries))
    case .alias:
      throw refusal(file, line, "an alias leads nowhere")
    }
  }

  /// Counts every `*word`, in comments and quotes too: being too strict there is harmless.
  private static func aliases(in yaml: String) -> Int {
    var count = 0
    var isAfterStar = false
    for byte in yaml.utf8 {
      if isAfterStar, byte > UInt8(ascii: " "), byte != UInt8(ascii: "*") { count += 1 }
      isAfterStar = byte == UInt8(ascii: "*")
    }
    return count
  }

  private static func refusal(_ file: String, _ line: Int?, _ reason: String) -> Refusal {
    .document(DocumentProblem(file: file, line: line, .syntax(reason)))
  }

  private static func line(of error: YamlError) -> Int? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    case .reader(_, let offset?, _, let yaml):
      yaml.utf8.prefix(offset).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    default: nil
    }
  }

  private static func kind(of error: YamlError) -> DocumentProblem.Kind {
    switch error {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _), .reader(let problem, _, _, _):
      .syntax(problem)
    case .duplicatedKeysInMapping(let keys, _):
      .repeatedKey(DocumentNode.shortened(keys.first ?? ""))
    case .memory: .syntax("there is not enough memory to read it")
    default: .syntax("it cannot be read")
    }
  }
}
