import Covey
import LibvirtXML
import Support
import Testing

@testable import CoveyHypervisor

struct GuestRecordTests {
  /// The record's text as libvirt gives it back, with its namespace declared on it.
  private func record(of guest: Guest) throws -> String {
    let document = try GuestSamples.machine(guest).document()
    return try #require(document.metadata(uri: GuestRecord.namespace)).serialised()
  }

  @Test func aGuestComesBackFromItsMetadataAsItWas() throws {
    var guest = GuestSamples.guest("web-3", group: "web", disk: .ephemeral, cpus: 2)
    guest.state = .serving
    guest.reason = "it says \"<&>\" and 'more'"
    guest.startedAt = Timestamp(milliseconds: 5)
    #expect(GuestRecord.guest(in: try record(of: guest), of: "here") == guest)
  }

  @Test func peopleReadTheMainFieldsAsAttributes() throws {
    let member = try GuestRecord.element(for: GuestSamples.guest("web-3", group: "web"), of: "here")
    #expect(member.name == "covey:guest")
    #expect(member[attribute: "name"] == "web-3")
    #expect(member[attribute: "template"] == "tiny-web")
    #expect(member[attribute: "address"] == "127.78.250.2")
    #expect(member[attribute: "group"] == "web")
    #expect(
      try GuestRecord.element(for: GuestSamples.guest(), of: "here")[attribute: "group"] == nil)
  }

  @Test func theRecordIsFoundInTheWholeDocumentUnderCoveysNamespace() throws {
    let text = try GuestSamples.machine().document().serialised()
    let element = try #require(
      try DomainDocument(parsing: text).metadata(uri: "urn:covey:guest:1"))
    #expect(GuestRecord.guest(in: try element.serialised(), of: "here") == GuestSamples.guest())
  }

  @Test(
    arguments: [
      "", "no xml", "<guest", "<guest/>", "<guest>words</guest>", "<guest>{}</guest>",
      #"<guest>{"name": "../etc"}</guest>"#, "<a><b>{}</b></a>",
      "<libosinfo xmlns='http://libosinfo.org/'><os id='x'/></libosinfo>",
    ])
  func whatIsNotARecordIsNobody(_ text: String) {
    #expect(GuestRecord.guest(in: text, of: "here") == nil)
  }

  @Test func aGuestOfAnotherCoveyIsNobodyHere() throws {
    #expect(GuestRecord.guest(in: try record(of: GuestSamples.guest()), of: "there") == nil)
  }

  @Test func aRecordWithAFieldThatCannotBeIsNobody() throws {
    let text = try record(of: GuestSamples.guest())
    #expect(GuestRecord.guest(in: text, of: "here") != nil)
    let spoilt = text.replacing("127.78.250.2", with: "127.78.250.2000")
      .replacing("tiny-web", with: "Tiny Web")
    #expect(GuestRecord.guest(in: spoilt, of: "here") == nil)
  }
}
