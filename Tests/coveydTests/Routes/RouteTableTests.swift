import Covey
import CoveyWire
import Foundation
import Hummingbird
import Support
import Testing

@testable import coveyd

/// The table of `Routes.swift`, the page that describes it and the daemon are one contract.
struct RouteTableTests {
  /// A method and a path such as `/v1/guests/{name}/start`.
  struct Route: Hashable, CustomStringConvertible {
    let method: String
    let path: String
    var description: String { "\(method) \(path)" }
  }

  static let house = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: house.appending(path: path), encoding: .utf8)
  }

  /// Reads the first column of every table row: `` `GET /a`, `POST /a` ``, `` `GET`, `DELETE /a/{name}` `` and
  /// `` `POST /a/{name}/start`, `/stop` `` are the ways in which routes share a row.
  private static func routes(inTable text: String) -> Set<Route> {
    var routes: Set<Route> = []
    for line in text.split(separator: "\n") {
      let row = line.drop { $0 == "/" || $0 == " " }
      guard row.hasPrefix("| `") else { continue }
      let cell = row.dropFirst().split(separator: "|").first ?? ""
      let words = cell.split(separator: "`").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && $0 != "," }
      routes.formUnion(Self.routes(inWords: words))
    }
    return routes
  }

  private static func routes(inWords words: [String]) -> Set<Route> {
    var routes: Set<Route> = []
    var methods: [String] = []
    var last: Route?
    for word in words {
      let parts = word.split(separator: " ").map(String.init)
      if parts.count == 1, let base = last, word.hasPrefix("/") {
        let stem = base.path[..<(base.path.lastIndex(of: "/") ?? base.path.endIndex)]
        routes.insert(Route(method: base.method, path: stem + word))
      } else if parts.count == 1 {
        methods.append(word)
      } else if let path = parts[1].split(separator: "?").first, path.hasPrefix("/v1/") {
        for method in methods + [parts[0]] {
          routes.insert(Route(method: method, path: String(path)))
        }
        last = Route(method: parts[0], path: String(path))
        methods = []
      }
    }
    return routes
  }

  /// What `router.get("v1/...")` and its like register, with `:name` as the table writes it.
  private static func registered() throws -> Set<Route> {
    let folder = house.appending(path: "Sources/coveyd/Routes")
    var routes: Set<Route> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: /router\.(get|post|patch|delete|put)\("([^"]+)"\)/) {
        let path = match.2.replacing("operations/:name", with: "operations/{id}")
          .replacing(":name", with: "{name}").replacing(":snapshot", with: "{snapshot}")
        routes.insert(Route(method: match.1.uppercased(), path: "/\(path)"))
      }
    }
    return routes
  }

  @Test func theTableNamesEveryRouteAndNoOther() throws {
    let table = Self.routes(inTable: try Self.text("Sources/CoveyWire/Routes.swift"))
    let registered = try Self.registered()
    #expect(registered.count > 20)
    #expect(table.subtracting(registered) == [])
    #expect(registered.subtracting(table) == [])
  }

  @Test func thePageDescribesEveryRouteAndNoOther() throws {
    let page = Self.routes(inTable: try Self.text("docs/http.md"))
    let registered = try Self.registered()
    #expect(page.subtracting(registered) == [])
    #expect(registered.subtracting(page) == [])
  }

  @Test func everyRouteOfTheTableIsAnsweredByTheDaemon() async throws {
    let table = Self.routes(inTable: try Self.text("Sources/CoveyWire/Routes.swift"))
    let office = try await Office.furnished()
    try await office.open { counter in
      for route in table.sorted(by: { $0.description < $1.description }) {
        let path = route.path.replacing("{name}", with: "nobody")
          .replacing("{id}", with: "nobody")
        let method = try #require(HTTPRequest.Method(rawValue: route.method))
        let answer = try await counter.send(method, path)
        let error = try? answer.read(ErrorBody.self).error  // a success has none
        #expect(error?.message.hasPrefix("there is no route") != true, "\(route)")
        #expect(answer.status < 500, "\(route)")
      }
    }
  }

  @Test func thePageNamesEveryCodeWithItsStatus() throws {
    let page = try Self.text("docs/http.md")
    for row in ErrorTable.rows where row.code != "unreachable" {
      #expect(page.contains("`\(row.code)` \(row.httpStatus)"), "\(row.code)")
    }
    #expect(page.contains("\(Routes.longestWait) s"))
  }

  @Test func theFieldsThatThePageShowsAreTheOnesThatAreSent() async throws {
    let page = try Self.text("docs/http.md")
    let office = try await Office.furnished()
    try await office.open { counter in
      let guest = try await counter.send(.get, "/v1/guests/db").fields
      let group = try await counter.send(.get, "/v1/groups/web").fields
      let operation = try await counter.send(.post, "/v1/guests/db/stop").fields
      let event = try await counter.send(.get, "/v1/events").fields["items"] as? [[String: Any]]
      for key in [guest, group, operation, event?.first ?? [:]].flatMap(\.keys) {
        #expect(page.contains("`\(key)`"), "\(key)")
      }
    }
  }
}
