import CoveyWire
import Foundation
import Testing

struct RoundTripTests {
  private func fields(_ value: some Encodable) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    return try #require(object as? [String: Any])
  }

  private func returned<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  private var guest: GuestView {
    GuestView(
      name: "one", state: "running", template: "t", templateDigest: "sha256:aa", group: nil,
      address: "127.77.0.2", ports: [PortView(guest: 80, host: 10080, note: "low")],
      disk: "ephemeral", uuid: "u", start: "boot", cpus: 1, memory: 1, created: "c")
  }

  private var group: GroupView {
    GroupView(
      name: "web", template: "t", min: 1, max: 4, surge: 0, size: 1, desired: 1, serving: 1,
      state: "steady", port: 80, listen: "127.0.0.1:80", disk: "ephemeral", cpuAbove: 40,
      cpuBelow: 15, for: "2s", cooldown: "3s", interval: "1s", drainWithin: "30s", created: "c")
  }

  @Test func aGuestHasTheFieldsOfTheContractEvenWhenItIsInNoGroup() throws {
    let fields = try fields(InfoView(guest))
    for name in [
      "schemaVersion", "name", "state", "template", "group", "address", "disk", "uuid", "start",
    ] {
      #expect(fields[name] != nil, "\(name)")
    }
    #expect(fields["group"] is NSNull)
    #expect(fields["schemaVersion"] as? Int == 1)
  }

  @Test func aGroupHasTheFieldsOfTheContract() throws {
    let fields = try fields(InfoView(group))
    for name in [
      "schemaVersion", "name", "template", "min", "max", "size", "desired", "serving", "state",
      "settled", "listen",
    ] {
      #expect(fields[name] != nil, "\(name)")
    }
  }

  @Test func theDoctorHasTheFieldsOfTheContractEvenWithoutDNS() throws {
    let view = DoctorView(
      accelerator: "tcg", acceleratorEvidence: "e", acceleratorSettled: true, connect: "c",
      state: "/s", socket: "/s/x", dns: nil, addresses: "a", versions: [:], problems: [])
    let fields = try fields(view)
    for name in ["accelerator", "connect", "state", "dns", "problems", "schemaVersion"] {
      #expect(fields[name] != nil, "\(name)")
    }
    #expect(try returned(view) == view)
  }

  @Test func aListHasItsVersionAndItems() throws {
    let fields = try fields(ListView(revision: 7, items: [guest]))
    #expect(fields["schemaVersion"] as? Int == 1)
    #expect((fields["items"] as? [Any])?.count == 1)
  }

  @Test func whatIsSentIsWhatArrives() throws {
    #expect(try returned(guest) == guest)
    var member = guest
    member.group = "web"
    #expect(try returned(InfoView(member)).item == member)
    #expect(try returned(group) == group)
    var settings = GroupSettingsBody(name: "web")
    (settings.for, settings.cpuAbove) = ("2s", 40)
    #expect(try returned(settings) == settings)
    let operation = OperationView(
      id: "1", verb: "stop", subject: "guest one", status: "done", stage: "s", began: "b",
      elapsed: 1.5, revision: 3)
    #expect(try returned(InfoView(operation)).item == operation)
  }

  @Test func aFieldThatIsLeftOutReadsAsMissing() throws {
    var fields = try fields(guest)
    fields["group"] = nil
    let data = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(GuestView.self, from: data).group == nil)
  }

  @Test func everyFieldOfAGroupIsSent() throws {
    var full = group
    (full.reason, full.cpus, full.memory, full.readyWithin) = ("why", 2, 1 << 28, "20s")
    (full.cpuPercent, full.requestRate) = (12.5, 3.5)
    full.traffic = TrafficView(requests: 1, failures: 2, queued: 3, sessions: 4)
    full.members = [MemberView(name: "web-1", state: "serving", address: "127.77.0.2")]
    (full.settled, full.unchanged) = (true, "so already")
    (full.idle, full.dns, full.version) = ("5m", "web.covey", "d1")
    (full.balance, full.mode, full.hosts, full.path) = ("haproxy", "http", ["a.example"], "/api")
    (full.certificate, full.sticky, full.slowStart) = ("/etc/web.pem", true, "30s")
    full.waking = WakingView(held: 1, served: 2, lost: 3, left: 4, longestWait: "1s")
    full.rollout = RolloutView(
      from: "d1", to: "d2", phase: "canary", paused: false, reason: nil, surge: 1, unavailable: 0,
      canary: 1, bake: "30s", rollback: true, replaced: 1, left: 2, began: "c", since: "c")
    #expect(try returned(full) == full)
    #expect(try fields(full).count == Mirror(reflecting: full).children.count)
  }

  @Test(arguments: [(1, 1, 1, true), (2, 1, 1, false), (1, 1, 0, false), (1, 2, 1, false)])
  func whatAnOlderDaemonCountsAsSettledFollowsFromItsNumbers(
    _ size: Int, _ desired: Int, _ serving: Int, _ settled: Bool
  ) throws {
    var old = group
    (old.size, old.desired, old.serving) = (size, desired, serving)
    var fields = try fields(old)
    fields["settled"] = nil
    let data = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(GroupView.self, from: data).settled == settled)
    #expect(try returned(old).settled == false)
  }

  @Test func fieldsOfANewerDaemonAreIgnored() throws {
    var fields = try fields(guest)
    fields["mood"] = "sunny"
    let data = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(GuestView.self, from: data) == guest)
  }
}
