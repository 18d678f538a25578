import AsyncHTTPClient
import CoveyWire
import Foundation
import NIOCore

/// An answer of a guest's web server.
struct Page: Hashable, Sendable {
  let status: UInt
  let body: String

  /// The value of a line `KEY: VALUE`.
  subscript(_ key: String) -> String? {
    body.split(separator: "\n").first { $0.hasPrefix("\(key): ") }
      .map { String($0.dropFirst(key.count + 2)) }
  }

  /// Seconds since the guest's kernel started.
  var uptime: Double { self["uptime"].flatMap(Double.init) ?? -1 }

  /// Asks once; a connection that is refused is not tried again.
  static func get(_ path: String, at endpoint: String, within seconds: Int64 = 60) async throws
    -> Page
  {
    var request = HTTPClientRequest(url: "http://\(endpoint)\(path)")
    request.headers.add(name: "Connection", value: "close")
    let response = try await CoveyClient.impatient.execute(request, timeout: .seconds(seconds))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Page(status: response.status.code, body: String(buffer: body))
  }
}

extension Daemon {
  /// Asks a guest for a page, at its own address and the port that its info shows.
  func page(_ path: String, of name: String, within seconds: Int64 = 60) async throws -> Page {
    let guest = try await guest(name)
    guard let port = guest.ports.first(where: { $0.guest == 80 }) else {
      throw Unexpected("guest \(name) offers no port 80")
    }
    return try await Page.get(path, at: "\(guest.address):\(port.host)", within: seconds)
  }

  /// Keeps a note on the guest's disk, or reads it.
  func note(of name: String, write text: String? = nil) async throws -> Page {
    try await page("/cgi-bin/file" + (text.map { "?write=\($0)" } ?? ""), of: name)
  }
}
