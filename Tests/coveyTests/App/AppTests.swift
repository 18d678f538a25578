import CoveyWire
import Foundation
import Testing

@testable import covey

struct AppTests {
  @Test func theSocketIsTheFlagThenTheEnvironmentThenThePlaceOfTheUser() {
    func path(_ flag: String?, _ environment: [String: String], root: Bool) -> String {
      SocketPath.resolve(flag: flag, environment: environment, isRoot: root, home: "/home/u")
    }
    let both = ["COVEY_SOCKET": "/e.sock", "COVEY_STATE": "/s"]
    #expect(path("/f.sock", both, root: true) == "/f.sock")
    #expect(path(nil, both, root: true) == "/e.sock")
    #expect(path(nil, ["COVEY_STATE": "/s"], root: true) == "/s/coveyd.sock")
    #expect(path(nil, [:], root: true) == "/var/lib/covey/coveyd.sock")
    #expect(path(nil, [:], root: false) == "/home/u/.local/state/covey/coveyd.sock")
    let elsewhere = ["XDG_STATE_HOME": "/x", "XDG_RUNTIME_DIR": "/run/user/7"]
    #expect(path(nil, elsewhere, root: false) == "/x/covey/coveyd.sock")
    #expect(path(nil, elsewhere, root: true) == "/var/lib/covey/coveyd.sock")
    let unset = ["COVEY_SOCKET": "", "COVEY_STATE": "", "XDG_STATE_HOME": ""]
    #expect(path(nil, unset, root: false) == "/home/u/.local/state/covey/coveyd.sock")
  }

  @Test(arguments: [
    ("500ms", 0.5), ("10s", 10), ("2.5s", 2.5), ("5m", 300), ("1h", 3600), ("7", 7),
  ])
  func spansAreRead(_ text: String, _ seconds: Double) {
    #expect(Span(argument: text)?.seconds == seconds)
  }

  @Test(arguments: ["", "-5s", "5x", "s", "9000h", "1e3s"])
  func otherSpansAreNot(_ text: String) { #expect(Span(argument: text) == nil) }

  @Test func spansGoOverTheWireExactly() {
    #expect(Span(.milliseconds(1500)).wire == "1500ms")
    #expect(Span(.seconds(300)).wire == "300s")
  }

  @Test(arguments: ["a", "web-1", String(repeating: "x", count: 63)])
  func namesGoIntoPaths(_ name: String) throws {
    #expect(try ObjectPath.of("/v1/guests", name, "stop") == "/v1/guests/\(name)/stop")
  }

  @Test(arguments: ["", "Web", "1a", "a-", "a b", "a/b", "é", String(repeating: "x", count: 64)])
  func whatIsNoNameDoesNot(_ name: String) {
    #expect(throws: ErrorView.self) { try ObjectPath.of("/v1/guests", name) }
  }

  @Test func programsAreFoundBesideTheExecutableFirst() {
    let there: Set = ["/b/coveyd", "/usr/bin/coveyd"]
    let find = { (folder: String?) in
      Sibling.path(of: "coveyd", beside: folder, search: "/bin:/usr/bin", isThere: there.contains)
    }
    #expect(find("/b") == "/b/coveyd")
    #expect(find("/c") == "/usr/bin/coveyd")
    #expect(Sibling.path(of: "x", beside: nil, search: "", isThere: { _ in false }) == nil)
  }

  @Test func jsonAndYamlCarryTheSchemaVersionAndTheContractsFields() throws {
    let list = ListView(revision: 3, items: [Samples.guest()])
    let json = try Format.json.text(list) { "" }
    #expect(json.contains("\"schemaVersion\" : 1"))
    #expect(json.contains("\"group\" : null"))
    #expect(json.contains("\"address\" : \"127.77.0.2\""))
    let yaml = try Format.yaml.text(InfoView(Samples.group())) { "" }
    #expect(yaml.contains("schemaVersion: 1\n"))
    #expect(yaml.contains("listen: 127.0.0.1:8080\n"))
    #expect(try Format.table.text(list) { "table" } == "table")
  }

  @Test(arguments: ErrorTable.rows.map(\.code))
  func everyErrorHasTheExitStatusOfTheTable(_ code: String) {
    let failure = Failure(ErrorView(code: code, message: "m", subject: "s", hint: "h"))
    #expect(failure.status == ErrorTable.row(code).exitStatus)
    #expect(failure.text(as: .table) == "covey: m (\(code))\n  hint: h\n")
  }

  @Test func anInterruptionSaysWhatGoesOnAndExits130() {
    let failure = Failure(Interrupted(signal: SIGINT, note: "stop of guest one goes on"))
    #expect(failure.status == 130)
    #expect(failure.text(as: .table) == "\ncovey: stop of guest one goes on\n")
    #expect(Failure(CancellationError()).status == 130)
  }

  @Test func anUnforeseenErrorIsAFaultOfOurs() {
    struct Surprise: Error {}
    let failure = Failure(Surprise())
    #expect(failure.status == 1)
    #expect(failure.text(as: .table).contains("(internal)"))
  }
}
