import Testing

@testable import Covey

/// Text that is meant to break its reader ends in a refusal, never in a trap or a hang.
@Suite struct HostileDocumentTests {
  static let texts: [String] = [
    String(repeating: "[", count: 100_000),
    String(repeating: "{a: ", count: 50_000),
    String(repeating: "- ", count: 60_000) + "x",
    (0..<400).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    bomb,
    "a: &a [*a]\n",
    "a: &a {b: *a, *a : c}\n",
    "? &k [x, x]\n: *k\n",
    "? [a, b]\n: c\n",
    "? {a: b}\n: c\n",
    "1: 2\ntrue: 3\n~: 4\n",
    "kind: group\nname: " + String(repeating: "x", count: 250_000),
    "kind: group\nname: web\n" + String(repeating: "y", count: 200_000) + ": 1\n",
    "kind: group\nname: web\nmin: " + String(repeating: "9", count: 100_000) + "\n",
    "kind: group\nname: web\nfor: " + String(repeating: "9", count: 400) + "h\n",
    String(repeating: "---\na\n", count: 40_000),
    "kind: !!binary group\nname: web\nmin: !!int x\n",
    "kind: group\nname: \"\\u0000\"\n", "\u{FEFF}name: web", "\u{0}", "a", "", "*a", "&a", "!", "%",
    "--- |\n text\n", "- a\n- b\n", "<<: *nothing\n", "<<: {kind: group}\nname: web\n",
    String(repeating: "a", count: 300_000),
  ]

  static let bomb: String = {
    let nine = { (name: String) in Array(repeating: "*\(name)", count: 9).joined(separator: ", ") }
    return "a: &a [x, x, x, x, x, x, x, x, x]\n"
      + zip("bcdefghi", "abcdefgh").map { "\($0): &\($0) [\(nine(String($1)))]\n" }.joined()
  }()

  @Test(arguments: texts.indices)
  func hostileTextIsRefused(index: Int) {
    let yaml = Self.texts[index]
    #expect(throws: Refusal.self) { try GroupDocument.all(file: "x.yaml", yaml: yaml) }
    #expect(throws: Refusal.self) { try TemplateManifest(file: "x.yaml", yaml: yaml) }
  }

  @Test func aRefusalOfHugeTextIsShort() throws {
    for yaml in Self.texts {
      do {
        _ = try GroupDocument.all(file: "x.yaml", yaml: yaml)
      } catch {
        #expect(error.problem.description.utf8.count < 1000)
      }
    }
  }

  @Test func fewAliasesAreHarmlessAndRead() throws {
    let yaml = "kind: group\nname: &n web\ntemplate: *n\n"
    let document = try #require(try GroupDocument.all(file: "x.yaml", yaml: yaml).first)
    #expect(document.settings.template?.text == "web")
  }

  @Test func aShortTextIsReadWhole() throws {
    let found = try DocumentText.nodes(file: "x", yaml: "a: 1")
    #expect(found.count == 1)
  }
}
