import Testing

@testable import LibvirtXML

@Suite struct AttributeOrderTests {
  @Test func namesComeInTheOrderOfTheText() {
    #expect(
      AttributeOrder.names(in: "<a z='1' xmlns:b = \"2\"\n a='x>y'><b/><c d='/>' e='\"'/></a>")
        == [["z", "xmlns:b", "a"], [], ["d", "e"]])
  }

  @Test func whatLooksLikeATagElsewhereIsNone() {
    #expect(
      AttributeOrder.names(
        in: "<?xml version='1.0'?><!-- <x y='1'> --><a><![CDATA[<x y='1'>]]><?p <x?></a>")
        == [[]])
  }
}
