import Foundation
import Libvirt

/// A host of libvirt's in-process test driver, private to one test.
struct TestNode {
  let folder: TemporaryFolder

  /// - Parameter domains: names of domains that exist and run from the start.
  init(_ domains: String...) throws {
    folder = try TemporaryFolder()
    let guests = domains.map(Self.domainXML).joined()
    let text = """
      <node><cpu><mhz>1000</mhz><model>test</model><active>2</active><nodes>1</nodes>
      <sockets>1</sockets><cores>2</cores><threads>1</threads></cpu>
      <memory>4000000</memory>\(guests)</node>
      """
    try text.write(toFile: folder.path + "/node.xml", atomically: true, encoding: .utf8)
  }

  var uri: String { "test://\(folder.path)/node.xml" }

  static func domainXML(_ name: String) -> String {
    """
    <domain type='test'><name>\(name)</name><memory unit='KiB'>65536</memory><vcpu>1</vcpu>
    <os><type>hvm</type></os>
    <devices><disk type='file'><source file='/d/\(name).img'/><target dev='vda'/></disk></devices>
    </domain>
    """
  }

  /// Opens a connection; the driver reads the file only then, so it must live until after.
  func open(readOnly: Bool = false) async throws -> Connection {
    let connection = try await Connection.open(uri, readOnly: readOnly)
    withExtendedLifetime(folder) {}
    return connection
  }

  /// Opens a connection, hands it over and closes it, whatever the body does.
  func connected<Value: Sendable>(
    readOnly: Bool = false, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await open(readOnly: readOnly)
    do {
      let value = try await body(connection)
      try await connection.close()
      return value
    } catch {
      try await connection.close()
      throw error
    }
  }
}
