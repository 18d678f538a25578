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
      try await bench.balancer.renewCertificates(of: listener)
      #expect(try await subject(bench, "x.example").contains("old.example"))
      _ = try await bench.makeCertificate(for: "new.example", in: "site.pem")
      try await bench.balancer.renewCertificates(of: listener)
      #expect(try await subject(bench, "x.example").contains("new.example"))
      #expect(try bench.processes() == process)

      _ = try await bench.makeCertificate(for: "bad.example", in: "site.pem", withKey: false)
      let problem = try #require(
        await #expect(throws: Problem.self) {
          try await bench.balancer.renewCertificates(of: listener)
        })
      #expect(problem.code == .invalid && problem.message.contains("no private key"))
      await #expect(throws: Problem.self) { try await bench.balancer.preflight(listener) }
      #expect(try await subject(bench, "x.example").contains("new.example"))
      // Not even a process that comes back fails for it.
      #expect(kill(try #require(process.first), SIGKILL) == 0)
      try await bench.balancer.open(listener)
      _ = try await bench.enter(2, in: web)
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
