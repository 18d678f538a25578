import Testing

/// The rules of the house on the house. `RuleTests` shows that each of them can fail.
@Suite struct HouseTests {
  @Test func everyRoomImportsOnlyWhatItMay() {
    expectNone(SourceTree.swift.flatMap(ImportRule.findings))
  }

  @Test func noFileAndNoFunctionIsOverItsCeiling() {
    expectNone(SourceTree.swift.flatMap(CeilingRule.findings))
  }

  @Test func noBannedCallIsMade() {
    expectNone(SourceTree.swift.flatMap(BannedRule.findings))
  }

  @Test func everyNameSaysSomething() {
    expectNone(SourceTree.paths(below: ["Sources", "Tests"]).flatMap(PaperRule.names))
  }

  @Test func everyDocumentHasOneTopHeading() {
    expectNone(SourceTree.markdown.flatMap(PaperRule.headings))
  }

  @Test func whatIsBuiltIsNotTracked() throws {
    expectNone(PaperRule.tracked(try SourceTree.tracked() ?? []))
  }

  @Test func everyTemplateFolderIsWhole() {
    expectNone(PaperRule.templates(SourceTree.paths(below: ["templates"])))
  }

  /// A check that looks at nothing would pass for ever.
  @Test func theTreeWasFound() {
    #expect(SourceTree.exists("Package.swift"))
    #expect(Set(SourceTree.swift.map(\.room)).isSuperset(of: ["Sources/Covey", "Tests/House"]))
    #expect(SourceTree.markdown.map(\.path).contains("README.md"))
  }

  private func expectNone(_ findings: [Finding]) {
    for finding in findings { Issue.record("\(finding)") }
  }
}
