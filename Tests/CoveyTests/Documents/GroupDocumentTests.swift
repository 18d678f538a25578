import Testing

@testable import Covey

@Suite struct GroupDocumentTests {
  private func read(_ yaml: String) throws -> [GroupDocument] {
    try GroupDocument.all(file: "groups.yaml", yaml: yaml)
  }

  private func problem(_ yaml: String) -> DocumentProblem? {
    do {
      _ = try GroupDocument.all(file: "groups.yaml", yaml: yaml)
      return nil
    } catch {
      if case .document(let problem) = error { return problem } else { return nil }
    }
  }

  @Test func allFieldsOfAGroupAreRead() throws {
    let document = try #require(
      try read(
        """
        kind: group
        name: web
        template: tiny-web
        min: 1
        max: 4
        surge: 1
        port: 80
        listen: 127.0.0.1:8080
        cpus: 2
        memory: 128MiB
        disk: persistent
        cpuAbove: 70%
        cpuBelow: 12.5
        for: 5s
        cooldown: 10s
        interval: 500ms
        drainWithin: 1m
        readyWithin: 30
        """
      ).first)
    var expected = GroupSettings()
    expected.template = try Name("tiny-web")
    (expected.min, expected.max, expected.surge, expected.port) = (1, 4, 1, 80)
    expected.listen = try Endpoint("127.0.0.1:8080")
    (expected.cpus, expected.memory, expected.disk) = (2, .mebibytes(128), .persistent)
    (expected.cpuAbove, expected.cpuBelow) = (70, 12.5)
    (expected.hold, expected.cooldown) = (.seconds(5), .seconds(10))
    (expected.interval, expected.drainWithin) = (.milliseconds(500), .seconds(60))
    expected.readyWithin = .seconds(30)
    #expect(document.name.text == "web")
    #expect(document.settings == expected)
  }

  @Test func hostsAPathAndACertificateCanBeTakenBack() throws {
    let text = "kind: group\nname: web\nhosts: []\npath: ''\ncertificate: ''\n"
    let settings = try #require(try read(text).first).settings.traffic
    let old = try Traffic(
      balance: .haproxy, mode: .http, hosts: [HostName("www.example")], path: PathPrefix("/api"),
      certificate: "/etc/web.pem", isSticky: true, slowStart: .zero)
    let new = try settings.traffic(changing: old)
    #expect(new.hosts.isEmpty && new.path == nil && new.certificate == nil && new.isSticky)
  }

  @Test func documentsOfAStreamKeepTheirOrderAndEmptyOnesAreSkipped() throws {
    let text = "---\nkind: group\nname: b\n---\n# nothing\n---\nkind: group\nname: a\nmax: 2\n...\n"
    let documents = try read(text)
    #expect(documents.map(\.name.text) == ["b", "a"])
    #expect(documents.map(\.settings.max) == [nil, 2])
  }

  @Test func anUnknownKeyIsReportedWithItsLineAndTheNearestRightOne() {
    let found = problem("kind: group\nname: web\ncpuAbov: 70\n")
    #expect(found?.line == 3)
    #expect(found?.kind == .unknownKey("cpuAbov", nearest: "cpuAbove", known: GroupDocument.keys))
  }

  @Test func aMissingKeyIsNamed() {
    #expect(problem("kind: group\n")?.kind == .missingKey("name", in: "the group"))
    #expect(problem("name: web\n")?.kind == .missingKey("kind", in: "the group"))
    #expect(problem("# nothing\n")?.kind == .missingKey("kind", in: "the file"))
  }

  @Test(arguments: [
    ("min: one", "min"), ("min: '1'", "min"), ("min: 1.5", "min"), ("min: -1", "min"),
    ("max: [1]", "max"), ("max:", "max"), ("listen: 8080", "listen"), ("memory: lots", "memory"),
    ("disk: tape", "disk"), ("cpuAbove: 101", "cpuAbove"), ("cpuAbove: nan", "cpuAbove"),
    ("for: soon", "for"), ("template: Web", "template"), ("port: 70000", "port"),
  ])
  func aValueOfTheWrongTypeIsReportedWithItsLine(line: String, key: String) {
    let found = problem("kind: group\nname: web\n\n\(line)\n")
    #expect(found?.line == 4)
    guard case .wrongValue(let named, _, _) = found?.kind else {
      Issue.record("\(line) gave \(String(describing: found))")
      return
    }
    #expect(named == key)
  }

  @Test func aRepeatedKeyAndARepeatedNameAreRefused() {
    let found = problem("kind: group\nname: web\nmin: 1\nmin: 2\n")
    #expect(found?.kind == .repeatedKey("min"))
    #expect(found?.line != nil)
    let twice = problem("kind: group\nname: web\n---\nkind: group\nname: web\n")
    #expect(twice?.line == 5)
  }

  @Test func anotherKindIsRefused() {
    guard case .wrongValue("kind", _, _) = problem("kind: guest\nname: web\n")?.kind else {
      Issue.record("a guest was taken for a group")
      return
    }
  }

  @Test(arguments: [
    "a: [", "a: b: c", "\tname: web", "a: 'x", "- a\nb: c", "%YAML 9", "name: \u{1}",
  ])
  func brokenYAMLIsReportedWithItsLine(yaml: String) {
    let found = problem(yaml)
    #expect(found?.line != nil)
    guard case .syntax = found?.kind else {
      Issue.record("\(yaml) gave \(String(describing: found))")
      return
    }
  }
}
