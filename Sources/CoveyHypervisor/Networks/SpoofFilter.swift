import Covey
import Libvirt
import LibvirtXML

/// The rules that every guest's card is held to: it speaks with its own MAC and its own IPv4 address, and asks DHCP; all else
/// is dropped before it reaches the bridge.
///
/// What libvirt's `clean-traffic` does, in one chain of four rules. libvirt runs a program for each rule and each chain of
/// each card: 126 runs for `clean-traffic` and 53 for this one, and every start waits for them.
enum SpoofFilter {
  static let name = "covey-guest"

  /// Fixed, so that defining it again replaces it.
  static let uuid = "5c1d3a62-0a4e-4f0b-9a35-c07e79a7e5f1"

  static let document = """
    <filter name='\(name)' chain='root'>
      <uuid>\(uuid)</uuid>
      <rule action='accept' direction='out' priority='100'>
        <ip srcmacaddr='$MAC' srcipaddr='$IP'/>
      </rule>
      <rule action='accept' direction='out' priority='200'>
        <arp srcmacaddr='$MAC' arpsrcmacaddr='$MAC' arpsrcipaddr='$IP'/>
      </rule>
      <rule action='accept' direction='out' priority='300'>
        <ip srcmacaddr='$MAC' srcipaddr='0.0.0.0' dstipaddr='255.255.255.255' protocol='udp'
          srcportstart='68' dstportstart='67'/>
      </rule>
      <rule action='drop' direction='out' priority='1000'/>
    </filter>
    """

  /// What a card says of itself to be held to the rules.
  static func reference(for address: IPv4Address) -> FilterReference {
    FilterReference(filter: name, parameters: ["IP": address.description])
  }

  /// Defines the filter; one that is the same already stays as it is.
  ///
  /// - Throws: `Problem` with `.unsupported` when libvirt has no network filters.
  static func define(on connection: Connection) async throws {
    do throws(LibvirtError) {
      _ = try await connection.define(filterXML: document)
    } catch {
      throw Problem(
        error.code == .noSupport ? .unsupported : .unavailable, subject: "filter \(name)",
        "libvirt's filter \"\(name)\", which keeps guests from using others' addresses, cannot be defined: \(error.message)",
        hint: "install libvirt's driver and the firewall that it uses: "
          + "apt-get install libvirt-daemon iptables; then restart libvirtd and coveyd")
    }
  }
}
