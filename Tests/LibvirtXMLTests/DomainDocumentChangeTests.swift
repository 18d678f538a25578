import Foundation
import LibvirtXML
import Testing

@Suite struct DomainDocumentChangeTests {
  var document: DomainDocument

  init() throws { document = try DomainDocument(parsing: Fixtures.dumped) }

  @Test mutating func changingADiskKeepsWhatTheViewDoesNotName() throws {
    document.disks[0].file = "/d/other.qcow2"
    document.disks[0].isReadOnly = true
    let expected = Fixtures.dumped
      .replacing("file='/d/web.qcow2' index='1'", with: "file='/d/other.qcow2' index='1'")
      .replacing("function='0x0'/>\n    </disk>", with: "function='0x0'/><readonly/>\n    </disk>")
    let written = try document.serialised()
    #expect(written.components(separatedBy: "\n") == expected.components(separatedBy: "\n"))
    document.disks[0].isReadOnly = false
    document.disks[0].file = "/d/web.qcow2"
    #expect(try document.serialised() == Fixtures.dumped)
  }

  @Test mutating func removingADeviceLeavesNoGap() throws {
    document.interfaces = []
    let text = try document.serialised()
    #expect(!text.contains("interface"))
    #expect(text.contains("model='none'/>\n    <serial type='unix'>"))
    #expect(text.contains("<shmem name='unmodelled'>"))
  }

  @Test mutating func aChangedChainEndsInAnEmptyElement() throws {
    document.disks[0].backingChain = [
      BackingImage(file: "/d/a.qcow2", format: "qcow2"),
      BackingImage(file: "/d/b.raw", format: "raw"),
    ]
    let outer = try #require(document.disks[0].element["backingStore"])
    let innermost = try #require(outer.at("backingStore", "backingStore"))
    #expect(innermost == Element("backingStore"))
    #expect(document.disks[0].backingChain?.map(\.file) == ["/d/a.qcow2", "/d/b.raw"])
    document.disks[0].backingChain = []
    #expect(document.disks[0].element["backingStore"] == Element("backingStore"))
    document.disks[0].backingChain = nil
    #expect(document.disks[0].element["backingStore"] == nil)
  }

  @Test mutating func passingThroughToQEMUKeepsOtherPassedThings() throws {
    document.qemuArguments += ["-incoming", "defer"]
    #expect(document.qemuArguments == ["-name", "-incoming", "defer"])
    document.qemuArguments = []
    #expect(try document.serialised().contains("<qemu:env name='A' value='b'/>"))
    document.removedQEMUCapabilities = ["cpu-unavailable-features"]
    let text = try document.serialised()
    #expect(text.contains("<qemu:del capability='cpu-unavailable-features'/>"))
    #expect(text.components(separatedBy: "xmlns:qemu=").count == 2)
  }

  @Test mutating func metadataIsFoundByNamespaceWhateverItsPrefix() throws {
    #expect(document.metadata(uri: "urn:covey")?[attribute: "name"] == "web")
    #expect(document.metadata(uri: "urn:none") == nil)
    document.setMetadata(
      Element("c:guest", children: [.element(Element("c:group", text: "a&b"))]),
      uri: "urn:covey")
    let text = try document.serialised()
    #expect(text.contains("<c:guest xmlns:c='urn:covey'>\n      <c:group>a&amp;b</c:group>"))
    #expect(!text.contains("<covey:guest"))
    #expect(text.contains("<odd:line>first &amp; last</odd:line>"))
    document.setMetadata(nil, uri: "urn:covey")
    document.setMetadata(nil, uri: "urn:odd")
    #expect(document.root["metadata"] == nil)
  }

  @Test func inheritedNamespacesComeAlongWithMetadata() throws {
    let document = try DomainDocument(
      parsing: "<domain xmlns:x='urn:x'><metadata><x:a b='1'><x:c/></x:a></metadata></domain>")
    let element = try #require(document.metadata(uri: "urn:x"))
    #expect(try element.serialised() == "<x:a b='1' xmlns:x='urn:x'><x:c/></x:a>")
  }

  @Test mutating func memoryIsWrittenInKiBAndTakesTheStartWithIt() throws {
    document.memory = 512 << 20
    #expect(document.currentMemory == 512 << 20)
    #expect(try document.serialised().contains("<memory unit='KiB'>524288</memory>"))
  }
}
