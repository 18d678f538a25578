import Foundation
import Support
import Testing

@testable import CoveyHypervisor

/// The program that runs in guests, compiled and run here, but only on what must not make it act.
struct IdentityProgramTests {
  /// Compiled once, from what covey carries, with warnings and undefined behaviour as errors.
  static let compiled = Result {
    let folder = try TestPlace.folder("identity-program")
    let sources = IdentityProgram.sources
    for source in sources {
      try HostFiles.write(source.bytes, to: "\(folder)/\(source.name)", mode: 0o600)
    }
    let built = try run(
      "/usr/bin/cc",
      [
        "-Wall", "-Wextra", "-Werror", "-static", "-Os", "-s", "-fsanitize=undefined",
        "-fsanitize-undefined-trap-on-error", "-o", "\(folder)/identity",
      ] + sources.map { "\(folder)/\($0.name)" }, input: [])
    try #require(built.status == 0, "\(built.text)")
    return "\(folder)/identity"
  }

  struct Ended: Equatable {
    let status: Int32
    let text: String
  }

  private static func run(_ program: String, _ arguments: [String], input: [UInt8]) throws -> Ended
  {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let (inlet, outlet) = (Pipe(), Pipe())
    process.standardInput = inlet
    process.standardOutput = outlet
    process.standardError = outlet
    try process.run()
    // A program that ends early reads no more, which is no failure here; requests are shorter than a pipe holds.
    try? inlet.fileHandleForWriting.write(contentsOf: input)
    try inlet.fileHandleForWriting.close()
    let text = String(
      decoding: try outlet.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return Ended(
      status: process.terminationReason == .exit ? process.terminationStatus : -1, text: text)
  }

  private func say(_ text: String) throws -> Ended { try say(Array(text.utf8)) }
  private func say(_ bytes: [UInt8]) throws -> Ended {
    try Self.run(Self.compiled.get(), [], input: bytes)
  }

  @Test func coveyCarriesTheFilesThatStandInItsSources() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/CoveyHypervisor/Identity")
    #expect(IdentityProgram.sources.count == 2)
    for source in IdentityProgram.sources {
      #expect(try Data(contentsOf: folder.appending(path: source.name)) == Data(source.bytes))
    }
  }

  @Test func anEmptyRequestIsAnsweredAtOnce() throws {
    #expect(try say("\n") == Ended(status: 0, text: "end\n"))
    #expect(try say("tag ab12\n\n") == Ended(status: 0, text: "end ab12\n"))
  }

  @Test func whatFollowsARequestIsLeftAlone() throws {
    #expect(try say("tag a\n\ncolour red\n\n") == Ended(status: 0, text: "end a\n"))
  }

  @Test func anUnknownKeyIsSaidToBeAndTheOthersAreActedOn() throws {
    let said = try say("tag ab\ncolour red\nhostname -\n\n")
    #expect(said.status == 1)
    let lines = said.text.split(separator: "\n")
    #expect(lines.first == "unknown colour")
    #expect(lines.dropFirst().first?.hasPrefix("failed hostname ") == true)
    #expect(lines.last == "end ab")
  }

  static let wrongValues = [
    "hostname a.b", "hostname A", "hostname -a", "hostname a-", "hostname a b", "hostname ../a",
    "hostname \(String(repeating: "a", count: 64))", "machine-id 0",
    "machine-id \(String(repeating: "0", count: 32))",
    "machine-id \(String(repeating: "A", count: 32))",
    "machine-id \(String(repeating: "a", count: 33))", "mac 52:54:00:12:34", "mac 52:54:00:12:34:5",
    "mac 52:54:00:12:34:56:78", "mac 52-54-00-12-34-56", "mac 525400123456",
    "mac 53:54:00:12:34:56",
    "mac 52:54:00:12:34:zz", "seed 00", "seed \(String(repeating: "0", count: 127))",
    "seed \(String(repeating: "0", count: 129))", "seed \(String(repeating: "x", count: 128))",
    "time 1", "time .000000000", "time 1.0", "time 1.0000000000", "time -1.000000000",
    "time 1.2.000000000", "time 123456789012345.000000000", "time 1,000000000",
    "address 10.77.0.5", "address 10.77.0/24", "address 10.77.0.5/0", "address 10.77.0.5/33",
    "address 10.77.0.5/24 x", "address 1000.1000.1000.1000/24", "address /24", "ssh-keys remove",
    "lease now", "sync now",
  ]

  @Test(arguments: wrongValues)
  func aValueThatIsWrongFailsAndIsNotActedOn(_ line: String) throws {
    let before = ProcessInfo.processInfo.hostName
    let said = try say("tag ab\n\(line)\n\n")
    let key = line.prefix { $0 != " " }
    #expect(said.status == 1)
    #expect(said.text.hasPrefix("failed \(key) "))
    #expect(said.text.hasSuffix("\nend ab\n"))
    #expect(said.text.split(separator: "\n").count == 2)
    #expect(ProcessInfo.processInfo.hostName == before)
  }

  static let wrongRequests = [
    "", "colour red", "colour red\n", "colour red\nmac", "\0\n\n", "hostname \u{7}\n\n",
    "hostname \u{e9}\n\n", "colour red\r\n\n", "hostname\n\n", "hostname \n\n", " a\n\n",
    "Hostname a\n\n", "host_name a\n\n", "colour red\ntag A\n\n", "tag a b\n\n",
    "\(String(repeating: "a", count: 33)) b\n\n",
    "colour red\ntag \(String(repeating: "a", count: 33))\n\n",
    "hostname \(String(repeating: "a", count: 2048))\n\n",
    "colour red\n" + String(repeating: "b c\n", count: 16) + "\n",
    String(repeating: "\u{1}", count: 9000) + "\n\n",
  ]

  @Test(arguments: wrongRequests)
  func aRequestThatIsWrongIsActedOnInNoPart(_ text: String) throws {
    let said = try say(text)
    #expect(said.status == 1)
    #expect(said.text.hasPrefix("failed request "))
    #expect(said.text.hasSuffix("\nend\n"))
    #expect(said.text.split(separator: "\n").count == 2)
  }

  @Test func asManyLinesAsARequestMayHaveAreAnswered() throws {
    let key = String(repeating: "k", count: 32)
    let said = try say(String(repeating: "\(key) v\n", count: 16) + "\n")
    #expect(said.text == String(repeating: "unknown \(key)\n", count: 16) + "end\n")
  }

  @Test func noiseNeitherEndsItNorMakesItAct() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 1...50 {
      let count = Int.random(in: 0...3000, using: &generator)
      let noise = (0..<count).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let said = try say(noise + Array("\n\n".utf8))
      #expect(said.status == 0 || said.status == 1)
      #expect(said.text.hasSuffix("end\n"))
      #expect(!said.text.contains("done"))
    }
  }

  @Test func otherWordsOnItsCommandLineAreAUsageError() throws {
    let ended = try Self.run(Self.compiled.get(), ["--help"], input: [])
    #expect(ended == Ended(status: 64, text: "usage: identity [--serve]\n"))
  }
}
