import Foundation
import Testing

@testable import CoveyTraffic

@Suite(.timeLimit(.minutes(1))) struct LogFileTests {
  @Test func aLogThatIsTooLargeBeginsAgainUnderItsWriter() throws {
    let path = FileManager.default.temporaryDirectory.path + "/covey-log-\(UUID())"
    defer { for file in [path, path + ".1"] { unlink(file) } }
    let writer = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(writer) }
    func say(_ text: String) { _ = text.withCString { write(writer, $0, strlen($0)) } }
    func read(_ path: String) -> String? {
      FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
    say("0123456789")
    LogFile.trim(path, mostBytes: 10)
    #expect(read(path) == "0123456789" && read(path + ".1") == nil)
    say("abc")
    LogFile.trim(path, mostBytes: 10)
    #expect(read(path) == "" && read(path + ".1") == "3456789abc")
    say("goes on")
    #expect(read(path) == "goes on")
    LogFile.trim(path + ".missing", mostBytes: 0)
  }

  @Test func theLogsOfHAProxyAndOfDnsmasqAreKeptSmallWhileTheyRun() async throws {
    func grow(_ path: String) throws {
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.truncate(atOffset: UInt64(LogFile.mostBytes) + 1)
      try file.close()
    }
    func size(_ path: String) throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
    try await Bench.use { bench in
      try await bench.balancer.open(bench.listener)
      try grow(bench.folder.log)
      _ = try await bench.balancer.statistics(of: bench.frontend)
      #expect(try size(bench.folder.log) < LogFile.mostBytes)
      #expect(try size(bench.folder.log + ".1") == LogFile.mostBytes)
      let member = try await bench.enteredMember(1)
      await member.kill()
      try await eventually("it goes on to write") {
        let text = try String(contentsOfFile: bench.folder.log, encoding: .utf8)
        return text.contains("web-1") && text.utf8.count < LogFile.mostBytes
      }
    }
    try await NameBench.use { bench in
      try await bench.server.publish(bench.zone([:]))
      try grow(bench.place().log)
      try await bench.server.publish(bench.zone(["web": ["127.0.0.9"]]))
      #expect(try size(bench.place().log) < LogFile.mostBytes)
    }
  }
}
