import Covey
import Testing

@Suite struct MemberReportTests {
  @Test func aWholeReportIsRead() throws {
    let report = try MemberReport(
      parsing: "up ready 75%\r\ncost 3\nmetric load 0.42\nmetric jobs -1\n")
    let metrics = [try Name("load"): 0.42, try Name("jobs"): -1]
    #expect(report == MemberReport(standing: .up, weight: 75, cost: 3, metrics: metrics))
  }

  @Test(
    arguments: [
      ("up", .up), ("ready\n", .up), ("50%", .up), ("drain\n", .drain), ("maint", .maint),
      ("down\n", .down), ("failed", .down), ("fail", .down), ("stopped", .down), ("up,ready", .up),
    ] as [(String, MemberReport.Standing)])
  func oneWordIsEnough(text: String, standing: MemberReport.Standing) throws {
    #expect(try MemberReport(parsing: text).standing == standing)
  }

  @Test func aReasonStandsBehindANumberSign() throws {
    let report = try MemberReport(parsing: "down # the  disk is full\n")
    #expect(report.why == "the disk is full" && report.standing == .down)
    #expect(ReportFinding.said(report).remark == "it says that it is down: the disk is full")
  }

  @Test(arguments: [
    "", "\n", "# why\n", "banana", "UP", "up down", "ready drain", "50% 60%", "257%", "-1%", "1e1%",
    "%", "up\ncost", "up\ncost -1", "up\ncost nan", "up\ncost 1e9", "up\ncost 1\ncost 2",
    "up\ncost 1000000001", "up\nmetric load", "up\nmetric Load 1", "up\nmetric load x",
    "up\nmetric a 1\nmetric a 2", "up\nmetric load .5", "up\nsay hello", "up\n\ncost 1",
    "caf\u{e9}",
    "up\u{0}", "HTTP/1.1 400 Bad Request\r\n\r\n",
  ])
  func whatIsNoReportIsNonsenseWithAReason(text: String) throws {
    let error = #expect(throws: MemberReport.Nonsense.self) { try MemberReport(parsing: text) }
    #expect(error?.why.isEmpty == false)
  }

  @Test func limitsAreKept() throws {
    let metrics = (0..<16).map { "metric m\($0) 1\n" }.joined()
    #expect(try MemberReport(parsing: "up\n" + metrics).metrics.count == 16)
    #expect(throws: MemberReport.Nonsense.self) {
      try MemberReport(parsing: "up\n" + metrics + "metric more 1\n")
    }
    let long = "up # " + String(repeating: "x", count: MemberReport.mostBytes - 5)
    #expect(throws: Never.self) { try MemberReport(parsing: long) }
    #expect(throws: MemberReport.Nonsense.self) { try MemberReport(parsing: long + "x") }
  }

  @Test func onlyServingMembersOfTemplatesThatReportAreAsked() throws {
    var inventory = Inventory()
    let sample = try template(reporting: 9707)
    inventory.templates[sample.digest] = sample
    for (name, state) in [("web-1", GuestState.serving), ("web-2", .starting), ("one", .running)] {
      var guest = Guest(
        name: try Name(name), uuid: name, template: sample,
        group: name == "one" ? nil : try Name("web"), machine: sample.machine, disk: .ephemeral,
        address: IPv4Address(number: 127 << 24 | 2), ports: [PortMapping(guest: 9707, host: 9707)],
        health: sample.health, created: .zero)
      guest.state = state
      inventory.guests[guest.name] = guest
    }
    #expect(inventory.reportEndpoints == [try Name("web-1"): try Endpoint("127.0.0.2:9707")])
  }

  private func template(reporting port: Int) throws -> Template {
    Template(
      name: try Name("tiny-web"), digest: "d1", summary: "",
      machine: try MachineSize(cpus: 1, memory: .mebibytes(128)), kernelArguments: "",
      ports: [80, port], health: HealthCheck(port: 80, path: "/", within: .seconds(60)),
      reportPort: port, files: [], created: .zero)
  }
}
