import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(2))) struct CertificateTests {
  private func secure(_ bench: Bench, _ host: String, _ words: String...) async throws -> String {
    let listen = bench.frontend.listen
    return try await Bench.tool(
      "curl",
      ["-sSk", "-m", "20", "--resolve", "\(host):\(listen.port):\(listen.address)"] + words
        + ["https://\(host):\(listen.port)/"])
  }

  private func subject(_ bench: Bench, _ host: String) async throws -> String {
    let said = try await secure(bench, host, "-o", "/dev/null", "-w", "%{certs}")
    return String(said.split(separator: "\n").first { $0.hasPrefix("Subject:") } ?? "")
  }

  private func refusal(_ path: String, now: Date = Date()) throws -> Problem {
    try #require(#expect(throws: Problem.self) { try CertificateFile(path: path, now: now) })
  }

  @Test func eachHostIsAnsweredWithItsOwnCertificateOverHTTP2() async throws {
    try await Bench.use { bench in
      let a = try bench.frontend(
        "a", hosts: ["a.example"],
        certificate: await bench.makeCertificate(for: "a.example", in: "a.pem"))
      let b = try bench.frontend(
        "b", hosts: ["b.example"],
        certificate: await bench.makeCertificate(for: "b.example", in: "b.pem"), isSticky: true)
      try await bench.balancer.preflight(bench.shared([a, b]))
      try await bench.balancer.open(bench.shared([a, b]))
      for (number, frontend) in [a, b].enumerated() {
        _ = try await bench.enter(number + 1, in: frontend)
      }
      #expect(try await secure(bench, "a.example", "-w", " %{http_version}") == "a-1 2")
      #expect(try await secure(bench, "b.example", "--http1.1") == "b-2")
      #expect(try await subject(bench, "a.example").contains("a.example"))
      #expect(try await subject(bench, "b.example").contains("b.example"))
      #expect(try await secure(bench, "b.example", "-i").contains("covey-b="))
      #expect(try await secure(bench, "b.example", "-i").lowercased().contains("secure"))
      let mode = try FileManager.default.attributesOfItem(
        atPath: bench.folder.certificate(of: a.group))[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test func aRenewedFileIsTakenInWithoutAnotherProcessAndABadOneIsNot() async throws {
    try await Bench.use { bench in
      let file = try await bench.makeCertificate(for: "old.example", in: "site.pem")
      let web = try bench.frontend("web", certificate: file)
      let listener = bench.shared([web])
      try await bench.balancer.open(listener)
      _ = try await bench.enter(1, in: web)
      let process = try bench.processes()
      try await bench.balancer.renewCertificate(of: web)
      #expect(try await subject(bench, "x.example").contains("old.example"))
      _ = try await bench.makeCertificate(for: "new.example", in: "site.pem")
      try await bench.balancer.renewCertificate(of: web)
      #expect(try await subject(bench, "x.example").contains("new.example"))
      #expect(try bench.processes() == process)

      _ = try await bench.makeCertificate(for: "bad.example", in: "site.pem", withKey: false)
      let problem = try #require(
        await #expect(throws: Problem.self) {
          try await bench.balancer.renewCertificate(of: web)
        })
      #expect(problem.code == .invalid && problem.message.contains("no private key"))
      // What is served may stay; a file that comes new must be good, as it must be for a daemon that knows nothing yet.
      try await bench.balancer.preflight(listener)
      let other = try bench.frontend("web", certificate: file + ".other")
      await #expect(throws: Problem.self) {
        try await bench.balancer.preflight(bench.shared([other]))
      }
      await #expect(throws: Problem.self) { try await bench.again().preflight(listener) }
      #expect(try await subject(bench, "x.example").contains("new.example"))
      // Not even a process that comes back fails for it.
      #expect(kill(try #require(process.first), SIGKILL) == 0)
      try await bench.balancer.open(listener)
      _ = try await bench.enter(2, in: web)
      #expect(try await subject(bench, "x.example").contains("new.example"))
    }
  }

  @Test func aBadFileHoldsBackNoneOfItsNeighbours() async throws {
    try await Bench.use { bench in
      let bad = try await bench.makeCertificate(for: "api.example", in: "api.pem")
      let file = try await bench.makeCertificate(for: "shop.example", in: "shop.pem")
      let api = try bench.frontend("api", hosts: ["api.example"], certificate: bad)
      let shop = try bench.frontend("shop", hosts: ["shop.example"], certificate: file)
      try await bench.balancer.open(bench.shared([api, shop]))
      try Data("expired".utf8).write(to: URL(fileURLWithPath: bad))
      _ = try await bench.makeCertificate(for: "shop2.example", in: "shop.pem")
      await #expect(throws: Problem.self) { try await bench.balancer.renewCertificate(of: api) }
      try await bench.balancer.renewCertificate(of: shop)
      #expect(try await subject(bench, "shop2.example").contains("shop2.example"))
      #expect(try await subject(bench, "api.example").contains("api.example"))
      // Opened as it is, by a daemon that starts, it takes in what is good.
      _ = try await bench.makeCertificate(for: "shop3.example", in: "shop.pem")
      let process = try bench.processes()
      try await bench.again().open(bench.shared([api, shop]))
      #expect(try bench.processes() == process)
      #expect(try await subject(bench, "shop3.example").contains("shop3.example"))
      // A neighbour may come, and change.
      let third = try bench.frontend("third", path: "/third", certificate: file)
      for listener in [[api, shop, third], [api, third]].map({ bench.shared($0) }) {
        try await bench.balancer.preflight(listener)
        try await bench.balancer.open(listener)
      }
      #expect(try await subject(bench, "api.example").contains("api.example"))
    }
  }

  @Test func aCertificateThatCameWithAReplacementThatFailedIsServedLater() async throws {
    try await Bench.use { bench in
      let file = try await bench.makeCertificate(for: "old.example", in: "site.pem")
      let web = try bench.frontend("web", certificate: file)
      try await bench.balancer.open(bench.shared([web]))
      _ = try await bench.makeCertificate(for: "new.example", in: "site.pem")
      let own = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
      let wrong = try HAProxyTemplate(own + "  banana split\n", subject: "wrong.cfg")
      let failing = try HAProxyBalancer(folder: bench.root, template: wrong)
      let api = try bench.frontend("api", path: "/api", certificate: file)
      await #expect(throws: Problem.self) { try await failing.open(bench.shared([web, api])) }
      let missing = try bench.frontend("api", path: "/api", certificate: file + ".missing")
      await #expect(throws: Problem.self) {
        try await bench.balancer.open(bench.shared([web, missing]))
      }
      #expect(!bench.folder.hasCertificate(of: api.group))
      #expect(try await subject(bench, "x.example").contains("old.example"))
      try await bench.balancer.renewCertificate(of: web)
      #expect(try await subject(bench, "x.example").contains("new.example"))
    }
  }

  @Test func whatIsWrongWithAFileIsSaid() async throws {
    try await Bench.use { bench in
      let good = try await bench.makeCertificate(for: "a.example", in: "good.pem")
      #expect(throws: Never.self) { try CertificateFile(path: good) }
      let missing = try refusal(good + ".missing")
      #expect(missing.message.contains("cannot be read") && missing.code == .invalid)
      let alone = try await bench.makeCertificate(for: "a.example", in: "alone.pem", withKey: false)
      #expect(try refusal(alone).message.contains("no private key"))
      #expect(try refusal(alone).hint.contains("cat cert.pem key.pem"))
      let later = Date(timeIntervalSinceNow: 86400 * 40)
      #expect(try refusal(good, now: later).message.contains("it expired on 20"))
      let earlier = Date(timeIntervalSinceNow: -86400)
      #expect(try refusal(good, now: earlier).message.contains("not valid before"))

      func write(_ text: String) throws -> String {
        let file = good + ".made"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
      }
      let other = try await bench.makeCertificate(for: "b.example", in: "other.pem")
      let texts = try [good, other].map { try String(contentsOfFile: $0, encoding: .utf8) }
      let parts = try texts.map { text in
        let key = try #require(text.range(of: "-----BEGIN PRIVATE KEY"))
        return (String(text[..<key.lowerBound]), String(text[key.lowerBound...]))
      }
      let mixed = try write(parts[0].0 + parts[1].1)
      #expect(try refusal(mixed).message.contains("does not belong to its first certificate"))
      #expect(try refusal(try write(parts[0].1)).message.contains("no certificate"))
      #expect(try refusal(try write("hello")).message.contains("no certificate"))
      let broken = texts[0].replacing("MII", with: "XII")
      #expect(try refusal(try write(broken)).message.contains("cannot be read"))
      let large = String(repeating: "x", count: CertificateFile.mostBytes + 1)
      #expect(try refusal(try write(large)).message.contains("larger"))
    }
  }
}
