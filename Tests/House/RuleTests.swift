import Testing

/// Each rule on a small sample that breaks it, and on one that looks like it and does not.
@Suite struct RuleTests {
  @Test(arguments: [
    ("Sources/Covey/Bad.swift", "import CoveyEngine"),
    ("Sources/Covey/Bad.swift", "import Foundation"),
    ("Sources/CoveyEngine/Bad.swift", "@testable import CoveyStore"),
    ("Sources/CoveyTraffic/Bad.swift", "public import struct Libvirt.Domain"),
    ("Sources/CoveyStore/Bad.swift", "import LibvirtXML"),
    ("Sources/CoveyEngine/Bad.swift", "import GRDB"),
    ("Sources/Libvirt/Bad.swift", "import Covey"),
    ("Sources/covey/Bad.swift", "import CoveyEngine"),
    ("Sources/coveyd/Bad.swift", "import Libvirt"),
    ("Sources/CoveyWire/Bad.swift", "import Covey"),
    ("Sources/Attic/Bad.swift", "import Covey"),
    ("docs/examples/one/main.swift", "import CoveyHypervisor"),
    ("Tests/CoveyTests/Bad.swift", "import CLibvirt"),
  ])
  func aWrongImportIsFound(_ path: String, _ text: String) {
    let findings = ImportRule.findings(SourceFile(path, "\n\(text)\n"))
    #expect(findings.count == 1)
    #expect(findings.first?.file == path)
  }

  @Test(arguments: [
    ("Sources/Libvirt/Good.swift", "import CLibvirt"),
    ("Sources/CoveyHypervisor/Good.swift", "import LibvirtXML"),
    ("Sources/coveyd/Good.swift", "import CoveyStore\nimport Hummingbird"),
    ("Sources/Covey/Good.swift", "// import CoveyEngine\nlet text = \"import CoveyEngine\""),
    ("Tests/CoveyStoreTests/Good.swift", "import GRDB\n@testable import CoveyStore"),
  ])
  func aRightImportIsNot(_ path: String, _ text: String) {
    #expect(ImportRule.findings(SourceFile(path, text)).isEmpty)
  }

  @Test func aFileOverItsCeilingIsFound() {
    let atCeiling = String(repeating: "let a = 1\n", count: CeilingRule.fileLines)
    #expect(CeilingRule.findings(SourceFile("Sources/Covey/A.swift", atCeiling)).isEmpty)
    #expect(CeilingRule.findings(SourceFile("Sources/Covey/A.swift", atCeiling + "\n")).count == 1)
  }

  @Test(arguments: ["func a(b: () -> Void = {}) {", "  public init?(c: Int) throws {", "deinit {"])
  func aFunctionOverItsCeilingIsFound(_ head: String) {
    let body = String(repeating: "  if a { \"}\" }\n", count: CeilingRule.functionLines - 2)
    let file = SourceFile("Sources/Covey/A.swift", "\n\(head)\n\(body)}\n")
    #expect(CeilingRule.findings(file).isEmpty)
    let longer = SourceFile("Sources/Covey/A.swift", "\n\(head)\n\(body)\n}\n")
    #expect(CeilingRule.findings(longer).map(\.line) == [2])
  }

  @Test func aRequirementWithoutABodyHasNoLength() {
    let file = SourceFile(
      "Sources/Covey/A.swift",
      "protocol P {\n  func a()\n  func b() -> Int\n}\nfunc c() {\n}\nself.init(a)\n")
    #expect(CeilingRule.functions(of: file).map(\.line) == [5])
  }

  @Test(arguments: BannedRule.all.map(\.word))
  func aBannedCallIsFound(_ word: String) {
    let text = "let a = 1\nlet b = \(word.hasPrefix(".") ? "Int" : "")\(word)\n"
    let findings = BannedRule.findings(SourceFile("Sources/Covey/A.swift", text))
    #expect(findings.map(\.line) == [2])
    #expect(findings.first?.rule.contains(word) == true)
  }

  @Test(arguments: BannedRule.all.map(\.word))
  func aBannedWordInTextOrCommentOrLongerNameIsNot(_ word: String) {
    let name = word.hasPrefix(".") ? "" : "let c = my\(word)\n"
    let text = "// \(word)\nlet a = \"\(word)\"\n/* \(word) */\n\(name)"
    #expect(BannedRule.findings(SourceFile("Sources/Covey/A.swift", text)).isEmpty)
  }

  @Test func aBannedCallInsideAnInterpolationIsFound() {
    let text = #"let a = "now: \(f("x", UUID()))""#
    #expect(BannedRule.findings(SourceFile("Sources/Covey/A.swift", text)).count == 1)
  }

  @Test func aRoomThatMayIsLeftAlone() {
    let text = "print(ContinuousClock.now)\n"
    #expect(BannedRule.findings(SourceFile("Sources/covey/A.swift", text)).isEmpty)
    #expect(BannedRule.findings(SourceFile("Sources/CoveyTraffic/A.swift", text)).count == 1)
  }

  @Test(arguments: ["catch {}", "catch\n{\n}", "catch {\n  // never mind\n}"])
  func anEmptyCatchIsFound(_ text: String) {
    let file = SourceFile("Sources/covey/A.swift", "do { try a() }\n\(text)\n")
    #expect(BannedRule.findings(file).map(\.line) == [2])
    let full = SourceFile(
      "Sources/covey/A.swift",
      "do { try a() } catch is CancellationError {} catch { throw error }\n")
    #expect(BannedRule.findings(full).isEmpty)
  }

  @Test(arguments: ["TO" + "DO", "FIX" + "ME", "HA" + "CK"])
  func aMarkLeftBehindIsFound(_ mark: String) {
    let file = SourceFile("Tests/House/A.swift", "// \(mark): later\n")
    #expect(BannedRule.findings(file).map(\.line) == [1])
  }

  @Test(arguments: [
    "Sources/Covey/Utils.swift", "Sources/Covey/Common/A.swift", "a/HTTPHelper+B.swift",
  ])
  func anEmptyNameIsFound(_ path: String) {
    #expect(PaperRule.names(path).count == 1)
    #expect(PaperRule.names("Sources/Covey/CommonOptions.swift").isEmpty)
  }

  @Test(arguments: ["text\n# Late\n", "## Low\n", "# One\n\n# Two\n"])
  func aDocumentWithoutOneTopHeadingIsFound(_ text: String) {
    #expect(PaperRule.headings(SourceFile("docs/a.md", text)).count == 1)
    let good = SourceFile("docs/a.md", "# One\n\n```\n# a comment\n```\n## Two\n")
    #expect(PaperRule.headings(good).isEmpty)
  }

  @Test func aTrackedBuildIsFound() {
    let paths = ["Package.swift", "Package.resolved", ".build/debug.yaml"]
    #expect(PaperRule.tracked(paths).map(\.file) == ["Package.resolved", ".build/debug.yaml"])
  }

  @Test func aTemplateWithoutItsPapersIsFound() {
    let paths = ["templates/a", "templates/a/template.yaml", "templates/a/README.md"]
    #expect(PaperRule.templates(paths).isEmpty)
    #expect(PaperRule.templates(paths + ["templates/b/root"]).count == 2)
  }

  @Test func aFindingNamesFileLineRuleAndWhatToDo() {
    let finding = Finding("Sources/Covey/A.swift", line: 3, "try! is banned", "throw")
    #expect("\(finding)" == "Sources/Covey/A.swift:3: try! is banned; throw")
  }

  @Test func theScannerKeepsCodeAndLinesAndDropsTheRest() {
    let text = """
      let a = "x \\(b("y")) z" // c
      let d = #"e \\( " f"# /* g /* h */
      i */ let j = \"\"\"
        k " l
        \"\"\"; m
      """
    var scanner = CodeScanner(text)
    let words = scanner.code().split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: " ").joined(separator: " ") }
    #expect(words == ["let a = b( ))", "let d =", "let j =", "", "; m"])
  }
}
