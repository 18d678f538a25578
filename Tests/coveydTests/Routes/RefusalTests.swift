import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Hummingbird
import Support
import Testing

@testable import coveyd

/// What clients get for requests that cannot be: never a fault of covey's, always the same shape.
struct RefusalTests {
  static let bodies: [(HTTPRequest.Method, String)] = [
    (.post, "/v1/guests"), (.post, "/v1/groups"), (.patch, "/v1/groups/web"),
    (.post, "/v1/groups/web/scale"), (.post, "/v1/apply"), (.post, "/v1/templates"),
    (.post, "/v1/balancers"), (.post, "/v1/guests/db/stop"), (.post, "/v1/guests/db/restart"),
  ]

  static let named: [(HTTPRequest.Method, String)] = [
    (.get, "/v1/guests/*"), (.delete, "/v1/guests/*"), (.get, "/v1/guests/*/logs"),
    (.post, "/v1/guests/*/start"), (.post, "/v1/guests/*/stop"), (.post, "/v1/guests/*/restart"),
    (.get, "/v1/groups/*"), (.delete, "/v1/groups/*"), (.patch, "/v1/groups/*"),
    (.post, "/v1/groups/*/scale"), (.post, "/v1/groups/*/pause"), (.post, "/v1/groups/*/resume"),
    (.get, "/v1/groups/*/rounds"), (.get, "/v1/templates/*"), (.delete, "/v1/templates/*"),
    (.get, "/v1/operations/*"), (.get, "/v1/balancers/*"), (.delete, "/v1/balancers/*"),
  ]

  static let hostileNames = [
    "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "..%2f..", "%00", "a%00b", "%0d%0aSet-Cookie:x", "%1b%5b2J",
    "..", ".", "a%20b", "Web", "-web", "web-", "w%C3%A9b", "%F0%9F%90%A6", "%", "%zz", "%e9",
    "*", "a;b", "a'b", "a%22b", "%3Cscript%3E", String(repeating: "a", count: 64),
    String(repeating: "a", count: 5000), String(repeating: "%2F", count: 1000),
  ]

  @Test(arguments: hostileNames)
  func aHostileNameIsRefusedOnEveryRoute(_ name: String) async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      for (method, path) in Self.named {
        let body = method == .patch || path.hasSuffix("scale") ? Data(#"{"size": 1}"#.utf8) : nil
        let answer = try await counter.send(
          method, path.replacingOccurrences(of: "*", with: name), raw: body)
        #expect([400, 404].contains(answer.status), "\(method) \(path) of \(name.prefix(40))")
        let error = try answer.read(ErrorBody.self).error
        #expect(["invalid", "not-found"].contains(error.code))
      }
    }
    #expect(await office.world.calls.isEmpty)
  }

  @Test(arguments: named)
  func aNameThatNobodyHasIsNotFoundOnEveryRoute(_ method: HTTPRequest.Method, _ path: String)
    async throws
  {
    let body = method == .patch || path.hasSuffix("scale") ? Data(#"{"size": 1}"#.utf8) : nil
    try await Office.furnished().open { counter in
      let answer = try await counter.send(
        method, path.replacingOccurrences(of: "*", with: "nobody"), raw: body)
      let error = try answer.refusal(404, "not-found")
      #expect(error.subject.contains("nobody"))
    }
  }

  static let nonsense: [String] = [
    "no json", "{", "[]", "[1, 2]", "\"text\"", "17", "null", #"{"name": }"#, "\u{0}\u{1}",
    #"{"size": "three", "name": 3, "file": 3, "folder": 3, "within": 3, "template": 3}"#,
    #"{"size": 1.5, "name": [], "file": {}, "folder": [], "within": [], "template": {}}"#,
    #"{"size": 1e400, "name": {}, "file": [], "folder": {}, "within": {}, "template": []}"#,
    String(repeating: "[", count: 100_000),
  ]

  @Test(arguments: bodies)
  func aBodyThatIsNotTheExpectedJSONIsInvalid(_ method: HTTPRequest.Method, _ path: String)
    async throws
  {
    let office = try await Office.furnished()
    try await office.open { counter in
      for text in Self.nonsense {
        let answer = try await counter.send(method, path, raw: Data(text.utf8))
        #expect(answer.status == 400, "\(path) with \(text.prefix(40))")
        let error = try answer.read(ErrorBody.self).error
        #expect(error.code == "invalid")
        #expect(error.message.count < 500)
        #expect(!error.message.contains("CodingKeys"), "\(error.message)")
      }
      let bytes = try await counter.send(method, path, raw: Data([0xFF, 0xFE, 0x80]))
      _ = try bytes.refusal(400, "invalid")
    }
    #expect(await office.house.ledger.inventory.operations.isEmpty)
  }

  @Test(arguments: bodies)
  func aBodyThatIsTooLargeIsInvalid(_ method: HTTPRequest.Method, _ path: String) async throws {
    try await Office.furnished().open { counter in
      let large = Data(repeating: UInt8(ascii: " "), count: Answers.longestBody + 1)
      _ = try await counter.send(method, path, raw: large).refusal(400, "invalid")
    }
  }

  @Test(
    arguments: [
      #"{"name": "x", "template": "tiny-web", "cpus": 0}"#,
      #"{"name": "x", "template": "tiny-web", "cpus": 65}"#,
      #"{"name": "x", "template": "tiny-web", "cpus": -9223372036854775808}"#,
      #"{"name": "x", "template": "tiny-web", "memory": "1"}"#,
      #"{"name": "x", "template": "tiny-web", "memory": "9999999999999999TiB"}"#,
      #"{"name": "x", "template": "tiny-web", "memory": "-5MiB"}"#,
      #"{"name": "x", "template": "tiny-web", "disk": "floppy"}"#,
      #"{"name": "x", "template": "tiny-web", "readyWithin": "soon"}"#,
      #"{"name": "x", "template": "tiny-web", "readyWithin": "-5s"}"#,
      #"{"name": "x", "template": "tiny-web", "readyWithin": "999999h"}"#,
      #"{"name": "", "template": "tiny-web"}"#, #"{"name": "../x", "template": "tiny-web"}"#,
      #"{"name": "x\u0000", "template": "tiny-web"}"#, #"{"name": "x", "template": "a/b"}"#,
    ])
  func aLaunchThatCanNeverWorkIsInvalid(_ body: String) async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      _ = try await counter.send(.post, "/v1/guests", raw: Data(body.utf8)).refusal(400, "invalid")
    }
    #expect(await office.house.ledger.inventory.guests.count == 2)
  }

  @Test(
    arguments: [
      #""min": -1"#, #""min": 5, "max": 2"#, #""max": 1001"#, #""surge": -1"#, #""port": 0"#,
      #""port": 8080"#, #""cpuAbove": 101"#, #""cpuBelow": -1"#, #""cpuAbove": 30, "cpuBelow": 29"#,
      #""for": "x""#, #""interval": "1ms""#, #""listen": "nowhere:80""#,
      #""listen": "127.0.0.1:99999""#, #""memory": "lots""#, #""cpus": 1000"#, #""disk": "tape""#,
    ])
  func aGroupThatCanNeverWorkIsInvalid(_ fields: String) async throws {
    let office = try await Office.furnished()
    let listen = fields.contains("listen") ? "" : #""listen": "127.0.0.1:9", "#
    let body = #"{"name": "api", "template": "tiny-web", \#(listen)\#(fields)}"#
    try await office.open { counter in
      _ = try await counter.send(.post, "/v1/groups", raw: Data(body.utf8)).refusal(400, "invalid")
      _ = try await counter.send(.patch, "/v1/groups/web", raw: Data("{\(fields)}".utf8))
        .refusal(400, "invalid")
    }
    #expect(await office.world.calls.isEmpty)
  }

  @Test(arguments: Problem.Code.allCases)
  func eachCodeHasTheStatusOfTheTable(_ code: Problem.Code) async throws {
    let office = try await Office.furnished()
    let problem = Problem(code, subject: "listen", "it went wrong", hint: "try otherwise")
    await office.world.fail("open", with: problem)
    var body = GroupSettingsBody(name: "api")
    (body.template, body.listen) = ("tiny-web", "127.0.0.1:9")
    let request = body
    try await office.open { counter in
      let error = try await counter.send(.post, "/v1/groups", request)
        .refusal(ErrorTable.row(code.rawValue).httpStatus, code.rawValue)
      #expect(error == ErrorView(problem))
    }
    #expect(ErrorTable.rows.contains { $0.code == code.rawValue })
  }

  @Test func aStoreThatCannotSaveIsToldAndChangesNothing() async throws {
    let office = try await Office.furnished()
    office.store.failWrites(with: Problem(.noSpace, "the disk is full", hint: "free some space"))
    try await office.open { counter in
      let error = try await counter.send(.post, "/v1/guests/db/stop").refusal(507, "no-space")
      #expect(error.hint == "free some space")
      let guest: GuestView = try await counter.get("/v1/guests/db")
      #expect(guest.operation == nil)
    }
  }

  @Test(
    arguments: [
      ("/", "GET"), ("/v1", "GET"), ("/v2/guests", "GET"), ("/v1/guest", "GET"),
      ("/v1/guests/db/fly", "POST"), ("/v1/guests/db", "PUT"), ("/v1/doctor", "DELETE"),
      ("/v1/guests//start", "POST"), ("/v1/guests/db/start", "GET"), ("//", "GET"),
      ("/v1/groups/web/scale", "GET"),
    ])
  func aRouteThatIsNoneIsNotFoundInTheShapeOfEveryError(_ path: String, _ method: String)
    async throws
  {
    let method = try #require(HTTPRequest.Method(rawValue: method))
    try await Office.furnished().open { counter in
      let answer = try await counter.send(method, path)
      _ = try answer.refusal(404, "not-found")
    }
  }
}
