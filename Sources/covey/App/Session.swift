import CoveyWire

/// What a verb works with: the daemon, the screen and how to write.
struct Session: Sendable {
  let client: CoveyClient
  let format: Format
  let screen: Screen
  let environment: [String: String]

  init(_ common: CommonOptions, on screen: Screen, environment: [String: String]) {
    client = CoveyClient(
      socket: SocketPath.resolve(flag: common.socket, environment: environment))
    format = common.format
    self.screen = screen
    self.environment = environment
  }

  /// Colours for standard output.
  var style: Style { Style(isOn: screen.colour) }

  /// Writes a result; as a table the text of `table`, else the value itself.
  func show<Value: Encodable>(_ value: Value, table: () -> String) throws {
    screen.out(try format.text(value, table: table))
  }

  /// Remarks that are no result: only where a person reads, and on standard error.
  func remark(_ text: String) {
    if format == .table { screen.err(text + "\n") }
  }
}

/// Paths of objects; a name is checked here, where a malformed one would change the path.
enum ObjectPath {
  /// - Throws: `ErrorView` `invalid` when the name does not match the rule for names.
  static func of(_ base: String, _ name: String, _ verb: String? = nil) throws -> String {
    guard isName(name) else {
      throw ErrorView(
        code: "invalid", message: "\"\(name)\" is not a name", subject: name,
        hint: "a name starts with a lower-case letter, goes on with lower-case letters, digits "
          + "and hyphens, does not end with a hyphen, and has at most 63 characters")
    }
    return "\(base)/\(name)" + (verb.map { "/\($0)" } ?? "")
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63 else {
      return false
    }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let hyphen = UInt8(ascii: "-")
    return letters.contains(first) && last != hyphen
      && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == hyphen }
  }
}
