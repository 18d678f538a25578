import LibvirtXML
import Testing

@Suite struct ReaderRefusalTests {
  @Test(arguments: [
    "", "text", "<a>", "<a><b></a>", "<a></a><b/>", "<a b=1/>", "<a b='1' b='2'/>", "<a>&nope;</a>",
  ])
  func whatIsNotWellFormedIsRefused(_ text: String) throws {
    let problem = try #require(throws: XMLProblem.self) { try Element(parsing: text) }
    guard case .malformed(let line, let column) = problem else {
      Issue.record("\(problem) for \(text)")
      return
    }
    #expect(line >= 1 && column >= 1)
  }

  @Test func documentTypesAreRefusedBeforeParsing() {
    #expect(throws: XMLProblem.documentType) {
      try Element(
        parsing: "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>&e;</a>")
    }
  }

  @Test func anotherRootElementIsRefused() {
    #expect(throws: XMLProblem.unexpectedRoot("network", expected: "domain")) {
      try DomainDocument(parsing: "<network/>")
    }
    #expect(throws: XMLProblem.unexpectedRoot("domain", expected: "capabilities")) {
      try HostCapabilities(parsing: "<domain/>")
    }
  }
}
