import LibvirtXML
import Testing

@Suite struct WriterRefusalTests {
  @Test(arguments: ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
  func charactersThatXMLCannotCarryAreRefused(_ character: String) throws {
    let scalar = try #require(character.unicodeScalars.first).value
    #expect(throws: XMLProblem.illegalCharacter(scalar: scalar, in: "a")) {
      try Element("a", text: "x\(character)y").serialised()
    }
    #expect(throws: XMLProblem.illegalCharacter(scalar: scalar, in: "b")) {
      try Element("a", attributes: [.init("b", character)]).serialised()
    }
  }

  @Test(arguments: ["", "a b", "1a", "a'b", "a>", "a=", "-a", "<a"])
  func namesThatWouldBreakOutAreRefused(_ name: String) {
    #expect(throws: XMLProblem.illegalName(name)) { try Element(name).serialised() }
    #expect(throws: XMLProblem.illegalName(name)) {
      try Element("a", attributes: [.init(name, "1")]).serialised()
    }
  }

  @Test func textCannotBreakOutOfItsPlace() throws {
    let hostile = "'/><evil/>\"&amp;]]>--"
    let element = Element("a", text: hostile, attributes: [.init("b", hostile)])
    let read = try Element(parsing: element.serialised())
    #expect(read == element)
    #expect(read.elements.isEmpty)
  }

  @Test func commentsSectionsAndInstructionsCannotEndEarly() {
    #expect(throws: XMLProblem.illegalContent("--")) {
      try Element("a", children: [.comment("--")]).serialised()
    }
    #expect(throws: XMLProblem.illegalContent("]]>")) {
      try Element("a", children: [.cdata("]]>")]).serialised()
    }
    #expect(throws: XMLProblem.illegalContent("?>")) {
      try Element("a", children: [.instruction(target: "t", data: "?>")]).serialised()
    }
  }
}
