import Covey
import CoveyEngine
import CoveyWire
import Foundation
import Support
import Testing

@testable import coveyd

struct GuestRouteTests {
  @Test func guestsAreListedByNameWithTheRevision() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/guests")
      #expect(answer.contentType == "application/json")
      #expect(try answer.fields["schemaVersion"] as? Int == 1)
      let list = try answer.read(ListView<GuestView>.self)
      #expect(list.revision == 4)
      #expect(list.items.map(\.name) == ["db", "web-1"])
      #expect(list.items.map(\.group) == [nil, "web"])
      #expect(list.items.map(\.state) == ["running", "serving"])
    }
  }

  @Test func aGuestIsShownWithItsConsoleAndEveryFieldOfTheContract() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/guests/db")
      #expect(answer.status == 200)
      let fields = try answer.fields
      for name in [
        "schemaVersion", "name", "state", "template", "group", "address", "disk", "uuid", "start",
      ] {
        #expect(fields[name] != nil, "\(name)")
      }
      #expect(fields["group"] is NSNull)
      let guest = try answer.read(GuestView.self)
      #expect(guest.console == "/srv/covey/guests/db/console.sock")
      #expect(guest.log == "/srv/covey/guests/db/console.log")
      #expect(guest.address == "127.77.0.2")
    }
  }

  @Test func aLaunchIsAcceptedAndNamesItsOperation() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      var body = LaunchBody(name: "api", template: "tiny-web")
      (body.cpus, body.memory, body.disk, body.readyWithin) = (2, "256MiB", "ephemeral", "5s")
      let answer = try await counter.send(.post, "/v1/guests", body)
      #expect(answer.status == 202)
      let operation = try answer.read(OperationView.self)
      #expect(operation.verb == "launch")
      #expect(operation.subject == "guest api")
      #expect(operation.status == "running")
      #expect(!operation.unchanged)
      let followed: OperationView = try await counter.get("/v1/operations/\(operation.id)")
      #expect(followed.id == operation.id)
      let guest: GuestView = try await counter.get("/v1/guests/api")
      #expect(guest.cpus == 2)
      #expect(guest.memory == 256 << 20)
      #expect(guest.disk == "ephemeral")
      #expect(guest.operation == "launch")
    }
  }

  @Test(arguments: ["start", "stop", "restart"])
  func theVerbsAreAcceptedWithAndWithoutABody(_ verb: String) async throws {
    for body in [nil, Data(#"{"within": "3s"}"#.utf8), Data("{}".utf8)] {
      let office = try Office()
      try await office.house.ledger.record([
        .guestAdopted(Samples.guest("db", state: verb == "start" ? .stopped : .running))
      ])
      try await office.open { counter in
        let answer = try await counter.send(.post, "/v1/guests/db/\(verb)", raw: body)
        #expect(answer.status == 202)
        #expect(try answer.read(OperationView.self).verb == verb)
      }
    }
  }

  @Test func aWishThatIsAlreadyTrueSaysSo() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.post, "/v1/guests/db/start")
      #expect(answer.status == 200)
      let operation = try answer.read(OperationView.self)
      #expect(operation.unchanged)
      #expect(operation.isOver)
      #expect(operation.verb == "start")
      #expect(operation.subject == "guest db")
      #expect(operation.stage == "guest db is running already")
    }
    #expect(await office.house.ledger.inventory.operations.isEmpty)
  }

  @Test func onlyAForcedDeleteInterruptsWhatIsUnderWay() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      #expect(try await counter.send(.post, "/v1/guests/db/restart").status == 202)
      let busy = try await counter.send(.delete, "/v1/guests/db").refusal(409, "conflict")
      #expect(busy.message.contains("restart is under way"))
      _ = try await counter.send(.delete, "/v1/guests/db?force=false").refusal(409, "conflict")
      let forced = try await counter.send(.delete, "/v1/guests/db?force=true")
      #expect(forced.status == 202)
      #expect(try forced.read(OperationView.self).verb == "delete")
    }
  }

  @Test func theConsolesLastLinesAreTold() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/guests/db/logs?lines=5")
      #expect(try answer.fields["schemaVersion"] as? Int == 1)
      let log = try answer.read(LogView.self)
      #expect(log.guest == "db")
      #expect(log.lines == ["kernel: booting"])
    }
  }

  @Test(
    arguments: ["lines=0", "lines=-5", "lines=99999999999999999999", "lines=x", "lines=", "x=%zz"])
  func aStrangeNumberOfLinesIsNoFault(_ query: String) async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/guests/db/logs?\(query)")
      #expect(answer.status == 200)
    }
  }

  @Test func aMemberIsStoppedByItsGroupAlone() async throws {
    let office = try await Office.furnished()
    try await office.open { counter in
      let error = try await counter.send(.post, "/v1/guests/web-1/stop").refusal(409, "conflict")
      #expect(error.subject == "guest web-1")
    }
  }
}
