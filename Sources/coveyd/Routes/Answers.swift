import Covey
import CoveyWire
import Foundation
import Hummingbird
import NIOCore

/// Encodes answers and reads bodies, the same way for every route.
enum Answers {
  /// Bodies are small documents; anything longer is refused.
  static let longestBody = 1 << 20

  static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = ByteBuffer(data: try encoder.encode(value))
    return Response(
      status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
  }

  /// - `none`: what a request without a body means; nil where the route needs one.
  /// - Throws: `Problem` with `.invalid` when the body is not the JSON that the route takes.
  static func read<Body: Decodable>(
    _ type: Body.Type, from request: Request, orIfEmpty none: Body? = nil
  ) async throws -> Body {
    do {
      let buffer = try await request.body.collect(upTo: longestBody)
      if let none, buffer.readableBytes == 0 { return none }
      return try JSONDecoder().decode(Body.self, from: Data(buffer: buffer))
    } catch {
      throw Problem(
        .invalid, subject: "request body", "the request's body is not understood: \(error)",
        hint: "send the JSON that docs/http.md describes")
    }
  }
}

extension Request {
  func number(_ key: Substring) -> Int? { uri.queryParameters[key].flatMap { Int($0) } }

  /// How long the client is ready to wait for news; zero when it asks for none.
  var wait: Duration { .seconds(min(max(number("wait") ?? 0, 0), CoveyWire.Routes.longestWait)) }
}

extension RequestContext {
  /// The name in the path. Throws `Refusal.malformedName`.
  func name() throws -> Name { try Name(parameters.require("name")) }
}
