import Covey
import Foundation
import LibvirtXML

/// A guest's identity as its machine carries it in libvirt's `<metadata>`, in covey's own namespace.
///
/// Membership can be rebuilt from it alone: the whole record stands in it, and its main fields once more as
/// attributes for people who read `virsh dumpxml`.
enum GuestRecord {
  static let namespace = "urn:covey:guest:1"
  static let prefix = "covey"

  /// - `installation`: tells several covey instances on one libvirt apart.
  static func element(for guest: Guest, of installation: String) throws -> Element {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let record = String(decoding: try encoder.encode(guest), as: UTF8.self)
    var attributes: [Element.Attribute] = [
      .init("name", guest.name.text), .init("template", guest.template.text),
      .init("address", guest.address.description), .init("installation", installation),
    ]
    if let group = guest.group { attributes.append(.init("group", group.text)) }
    return Element("\(prefix):guest", text: record, attributes: attributes)
  }

  /// Reads a record; nil when the text is not one of this covey's.
  static func guest(in xml: String, of installation: String) -> Guest? {
    guard let element = try? Element(parsing: xml),  // not covey's: nil says so
      element[attribute: "installation"] == installation
    else { return nil }
    return try? JSONDecoder().decode(Guest.self, from: Data(element.text.utf8))
  }
}
