import LibvirtXML
import Testing

@Suite struct RoundTripTests {
  static let documents = [
    "<domain type='kvm' id='3'>\n  <name>a</name>\n  <!-- kept -->\n  <odd:x xmlns:odd='urn:o'/>\n</domain>",
    "<a z='1' b='2' m='3' a='4'/>",
    "<a><b>one</b> two <b>three</b><c/></a>",
    "<a b='&lt;&amp;&apos;\"&#10;&#9;x'>&lt;&amp;&gt;\"'</a>",
    "<a><![CDATA[<raw> & more]]><?target some data?></a>",
    "<a xmlns='urn:default'><p:b xmlns:p='urn:p' p:c='1'><d/></p:b></a>",
    "<a>žluťoučký 🐦 \u{FFFD}</a>",
    "<a>line&#13;end</a>",
    Fixtures.dumped,
  ]

  @Test(arguments: documents)
  func aDocumentIsWrittenAsItWasRead(_ text: String) throws {
    let element = try Element(parsing: text)
    #expect(try element.serialised() == text)
    #expect(try Element(parsing: element.serialised()) == element)
  }

  @Test func laidOutDocumentsKeepTheirLayout() throws {
    let element = try Element(parsing: Fixtures.dumped)
    #expect(try element.serialised(indented: true) == Fixtures.dumped)
  }

  @Test func anXMLDeclarationAndOuterCommentsAreNotPartOfTheElement() throws {
    let element = try Element(parsing: "<?xml version='1.0'?>\n<!-- x -->\n<a/>\n<!-- y -->")
    #expect(try element.serialised() == "<a/>")
  }

  @Test func aBuiltTreeIsLaidOutOnLines() throws {
    var root = Element("a", children: [.element(Element("b", text: "t"))])
    root.edit("c", "d") { $0[attribute: "e"] = "1" }
    #expect(
      try root.serialised(indented: true)
        == "<a>\n  <b>t</b>\n  <c>\n    <d e='1'/>\n  </c>\n</a>")
  }

  @Test func severalThousandElementsStayInOrder() throws {
    let names = (0..<5000).map { "<e n='\($0)'>&amp;\($0)</e>" }.joined()
    let text = "<a>\(names)</a>"
    #expect(try Element(parsing: text).serialised() == text)
  }
}
