import Covey
import Glibc
import Testing

@testable import CoveyHypervisor

@Suite struct ProgramTests {
  private let shell = Program(name: "sh", package: "dash")

  @Test func whatAProgramPrintsIsReturned() async throws {
    let output = try await shell.run(
      ["-c", "cat; echo $WORD; echo low >&2"], to: "test", subject: "test",
      environment: ["WORD": "high"], input: "in ")
    #expect(output.text == "in high\n")
    #expect(output.errors == "low\n")
  }

  @Test func aMissingProgramIsNamedWithItsPackage() async throws {
    let missing = Program(name: "covey-no-such-program", package: "some-package")
    let found = await problem { try await missing.run([], to: "cannot test", subject: "test") }
    #expect(found?.code == .unavailable)
    #expect(found?.message.contains("covey-no-such-program") == true)
    #expect(found?.hint == "install it with: apt-get install some-package")
  }

  @Test func theLastWordsOfAFailedProgramAreTheReason() async throws {
    let found = await problem {
      try await shell.run(
        ["-c", "echo first >&2; echo second >&2; exit 3"], to: "cannot test", subject: "test")
    }
    #expect(found?.message == "cannot test: sh: first; second")
  }

  @Test func aFullDiskInAProgramsWordsIsAFullDisk() async throws {
    let found = await problem {
      try await shell.run(
        ["-c", "echo 'write failed: No space left on device' >&2; exit 1"], to: "cannot test",
        subject: "test", space: "/")
    }
    #expect(found?.code == .noSpace)
    #expect(found?.message.contains("the file system at / has ") == true)
  }

  @Test func aProgramThatPrintsWithoutEndIsEnded() async throws {
    let found = await problem {
      try await shell.run(
        ["-c", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyy; done"], to: "cannot test",
        subject: "test")
    }
    #expect(found?.message.contains("printed more than") == true)
  }

  @Test func aProgramThatTakesTooLongIsEndedWithWhatItStarted() async throws {
    let file = "\(try TestPlace.folder())/id"
    let found = await problem {
      try await shell.run(
        ["-c", "sleep 1000 & echo $! >\(file); wait"], to: "cannot test", subject: "test",
        within: .seconds(5))
    }
    #expect(found?.code == .deadline)
    try await expectEnded(idIn: file)
  }

  @Test func aCancelledTaskEndsItsProgram() async throws {
    let file = "\(try TestPlace.folder())/id"
    let running = Task {
      try await shell.run(
        ["-c", "echo $$ >\(file).new; mv \(file).new \(file); exec sleep 1000"], to: "cannot test",
        subject: "test")
    }
    while HostFiles.facts(of: file) == nil { try await Task.sleep(for: .milliseconds(10)) }
    running.cancel()
    let outcome = await running.result
    guard case .failure(let error) = outcome else { return #expect(Bool(false)) }
    #expect((error as? Problem)?.code == .cancelled)
    try await expectEnded(idIn: file)
  }

  private func expectEnded(idIn file: String) async throws {
    let text = try HostFiles.text(of: file, limit: 100).split(separator: "\n").first
    let id = try #require(text.flatMap { Int32($0) })
    // An orphan is reaped by PID 1 when it gets to it; a zombie has ended all the same.
    while kill(id, 0) == 0, try !isZombie(id) { try await Task.sleep(for: .milliseconds(10)) }
  }

  private func isZombie(_ id: Int32) throws -> Bool {
    guard HostFiles.facts(of: "/proc/\(id)/stat") != nil else { return true }
    let words = try? HostFiles.text(of: "/proc/\(id)/stat", limit: 4096).split(separator: " ")
    return words?.dropFirst(2).first.map { $0 == "Z" } ?? true
  }
}
