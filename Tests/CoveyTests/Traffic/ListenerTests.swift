import Covey
import Support
import Testing

@Suite struct ListenerTests {
  private func group(
    _ name: String, _ fill: (inout GroupSettings) throws -> Void = { _ in }
  ) throws -> Group {
    var settings = Samples.settings()
    try fill(&settings)
    return Group(name: try Name(name), spec: try settings.spec(defaultPort: 80), created: .zero)
  }

  /// What the second group's creation comes to.
  private func beside(_ first: Group, _ second: Group) throws -> Refusal? {
    let decision = GroupRequest.create(second.spec).decide(
      second.name, in: Samples.inventory(groups: [first]), at: .zero)
    if case .refuse(let refusal) = decision { return refusal }
    return nil
  }

  @Test func groupsShareAListenerByHostOrPath() throws {
    let all = try group("all")
    let host = try group("shop") { $0.traffic.hosts = [try HostName("shop.example")] }
    let path = try group("api") { $0.traffic.path = "/api" }
    #expect(try beside(all, host) == nil && beside(host, path) == nil && beside(path, all) == nil)
    let inventory = Samples.inventory(groups: [path, all, host])
    #expect(inventory.listeners.count == 1)
    let listener = try #require(inventory.listener(of: path.name))
    #expect(listener.frontends.map(\.group.text) == ["all", "api", "shop"])
    #expect(listener.routes.map(\.group.text) == ["shop", "api", "all"])
    #expect(listener.without(all.name)?.frontends.count == 2)
    #expect(Samples.inventory(groups: [all]).listener(of: all.name)?.without(all.name) == nil)
  }

  @Test func theSameRequestsAreRefusedWithTheHostTheyHaveInCommon() throws {
    let one = try group("one") {
      $0.traffic.hosts = [try HostName("a.example"), try HostName("b.example")]
    }
    let other = try group("other") {
      $0.traffic.hosts = [try HostName("c.example"), try HostName("b.example")]
    }
    let refusal = try #require(try beside(one, other))
    #expect(
      refusal
        == .routeTaken(
          Samples.endpoint, host: try HostName("b.example"), path: nil, group: one.name))
    #expect(refusal.problem.code == .inUse && refusal.problem.message.contains("b.example"))
  }

  @Test func aTCPGroupIsAlone() throws {
    let tcp = try group("tcp") { $0.traffic.mode = .tcp }
    let http = try group("http") { $0.traffic.path = "/api" }
    #expect(try beside(tcp, http) == .listenerOfTCP(Samples.endpoint, group: tcp.name))
    #expect(try beside(http, tcp) == .listenerOfTCP(Samples.endpoint, group: http.name))
  }

  @Test func allOfAListenersGroupsHaveTLSOrNone() throws {
    let secure = try group("secure") { $0.traffic.certificate = "/srv/a.pem" }
    let plain = try group("plain") { $0.traffic.path = "/api" }
    let refusal = try #require(try beside(secure, plain))
    #expect(
      refusal == .listenerTLSDiffers(Samples.endpoint, group: secure.name, hasTLS: true))
    #expect(refusal.problem.hint.contains("--certificate"))
    let other = try group("other") {
      $0.traffic.certificate = "/srv/b.pem"
      $0.traffic.hosts = [try HostName("b.example")]
    }
    #expect(try beside(secure, other) == nil)
  }

  @Test func changingARouteIsJudgedLikeANewOne() throws {
    let all = try group("all")
    let api = try group("api") { $0.traffic.path = "/api" }
    var settings = GroupSettings()
    settings.traffic.path = ""
    let request = GroupRequest.set(try settings.spec(changing: api.spec), from: api.spec)
    let decision = request.decide(api.name, in: Samples.inventory(groups: [all, api]), at: .zero)
    #expect(
      decision
        == .refuse(.routeTaken(Samples.endpoint, host: nil, path: nil, group: all.name)))
  }

  @Test func aMembersWeightIsKeptUntilTheMemberIsForgotten() throws {
    let web = try group("web")
    let member = Samples.guest("web-1", group: "web", state: .serving)
    var inventory = Samples.inventory(guests: [member, Samples.guest("db")], groups: [web])
    func decide(_ guest: String, _ weight: Int) throws -> Decision<[Event]> {
      GroupRequest.weigh(try Name(guest), weight).decide(web.name, in: inventory, at: .zero)
    }
    #expect(
      try decide("db", 50) == .refuse(.noMember(try Name("db"), of: web.name)))
    for weight in [-1, 257] {
      guard case .refuse(.outOfRange) = try decide("web-1", weight) else {
        Issue.record("weight \(weight) was taken")
        return
      }
    }
    let events = [Event.memberWeighed(member.name, of: web.name, weight: 50)]
    #expect(try decide("web-1", 50) == .proceed(events))
    inventory.apply(LoggedEvent(revision: 1, at: .zero, event: events[0]))
    #expect(inventory.balanced(member)?.weight == 50)
    guard case .ignore = try decide("web-1", 50) else {
      Issue.record("the same weight was set again")
      return
    }
    let operation = Operation(
      id: "op1", verb: "delete", guest: member.name, group: web.name,
      plan: Plan([.undefine], ending: .forgotten), began: .zero)
    for event in [Event.operationBegan(operation, launching: nil), .operationDone(operation.id)] {
      inventory.apply(LoggedEvent(revision: 2, at: .zero, event: event))
    }
    #expect(inventory.guests[member.name] == nil)
    #expect(inventory.groups[web.name]?.weight(of: member.name) == 100)
  }

  @Test func whatHAProxyCannotCheckIsLeftToCovey() throws {
    var inventory = Samples.inventory(groups: [try group("web")])
    #expect(inventory.listeners[0].frontends[0].check == .http(path: "/"))
    inventory.templates = [:]
    #expect(inventory.listeners[0].frontends[0].check == .none)
  }

  /// A version whose members answer elsewhere.
  private func version(_ digest: String, path: String, at: Int64, of name: String = "tiny-web")
    -> Template
  {
    let sample = Samples.template(name, digest: digest, at: at)
    return Template(
      name: sample.name, digest: digest, summary: "", machine: sample.machine,
      kernelArguments: "", identity: .channel, ports: [80],
      health: HealthCheck(port: 80, path: path, within: .seconds(60)), files: sample.files,
      created: sample.created)
  }

  private func member(_ number: Int, _ digest: String, _ state: GuestState = .serving) -> Guest {
    let sample = Samples.guest("web-\(number)")
    var guest = Guest(
      name: sample.name, uuid: "u\(number)", template: version(digest, path: "/", at: 1),
      group: Samples.name("web"), machine: sample.machine, disk: .ephemeral,
      address: sample.address, ports: sample.ports, health: sample.health, created: .zero)
    guest.state = state
    return guest
  }

  private func check(_ guests: [Guest], _ group: Group) -> MemberCheck? {
    var inventory = Samples.inventory(guests: guests, groups: [group])
    inventory.templates["d2"] = version("d2", path: "/healthz", at: 2)
    inventory.templates["o1"] = version("o1", path: "/other", at: 1, of: "other")
    return group.frontend(in: inventory)?.check
  }

  @Test func aVersionThatIsBuiltChangesNothingForThoseThatServe() {
    let group = Samples.group()
    #expect(check([member(1, "d1"), member(2, "d1")], group) == .http(path: "/"))
    #expect(check([], group) == .http(path: "/healthz"), "nobody is there to be asked otherwise")
    #expect(check([member(1, "d1", .starting)], group) == .http(path: "/"))
    #expect(
      check([member(1, "d1"), member(2, "d2", .starting), member(3, "d2", .starting)], group)
        == .http(path: "/"), "those that serve count before those that come")
  }

  @Test func mostOfThoseThatServeSayHowAllAreAskedAndOfEqualsTheOlder() {
    let group = Samples.group()
    #expect(check([member(1, "d2"), member(2, "d1")], group) == .http(path: "/"))
    #expect(
      check([member(1, "d1"), member(2, "d2"), member(3, "d2")], group) == .http(path: "/healthz"))
  }

  @Test func anotherTemplateHoldsForNewMembersAlone() throws {
    var settings = Samples.settings()
    settings.template = Samples.name("other")
    let group = Group(
      name: Samples.name("web"), spec: try settings.spec(defaultPort: 80), created: .zero)
    #expect(check([member(1, "d1")], group) == .http(path: "/"))
    #expect(check([], group) == .http(path: "/other"))
  }

  @Test func aGroupThatKeepsToAVersionIsAskedByIt() {
    var group = Samples.group()
    group.version = "d1"
    #expect(check([member(1, "d2"), member(2, "d2")], group) == .http(path: "/"))
  }
}
