import Covey
import CoveyEngine
import Foundation
import Support
import Testing

@testable import CoveyHypervisor

/// The messenger against ports that behave and misbehave.
@Suite(.timeLimit(.minutes(1))) struct IdentityChannelTests {
  static let good = "done seed\ndone time\nend TAG\n"

  let files: GuestFolder
  let guest = GuestSamples.guest("web-1")
  let request = IdentityRequest.moment(
    seed: IdentityRequestTests.seed, at: IdentityRequestTests.now)
  var path: String { files.identity(of: guest.name) }

  /// Short, because a socket's path may have 107 bytes.
  init() throws {
    files = GuestFolder(guests: try HostFiles.makeTemporaryFolder("/tmp/cvi-"))
    try HostFiles.makeFolder(HostFiles.parent(of: files.identity(of: guest.name)))
  }

  private func tell(within limit: Duration = .seconds(30)) async throws {
    try await IdentityMessenger(files: files, time: VirtualTime())
      .sendByChannel(request, to: guest, within: limit)
  }

  private func problem(_ manners: [StandInPort.Manner], within limit: Duration = .seconds(30))
    async throws -> Problem?
  {
    let port = try #require(StandInPort(path: path, manners))
    defer { cleanUp() }
    do { try await tell(within: limit) } catch let problem as Problem { return problem }
    #expect(port.heard.last?.hasSuffix("\n\n") == true)
    return nil
  }

  private func cleanUp() {
    try? HostFiles.remove(HostFiles.parent(of: HostFiles.parent(of: path)))  // it is in /tmp
  }

  @Test(arguments: [1, 3, 4096])
  func aGuestIsToldAndItsReplyIsReadInPieces(_ pieces: Int) async throws {
    #expect(try await problem([.answers(Self.good, pieces: pieces)]) == nil)
  }

  @Test func aReplyToAnEarlierHostIsNotTakenForThisOnes() async throws {
    let old = "failed seed old\nend 0123\n"
    #expect(try await problem([.answers(old + Self.good)]) == nil)
  }

  @Test func aConnectionThatEndsEarlyIsFollowedByAnother() async throws {
    #expect(
      try await problem([.closesAtOnce, .closesAfterRequest, .answers(Self.good)]) == nil)
  }

  @Test func aPortThatComesLaterIsWaitedFor() async throws {
    defer { cleanUp() }
    async let told: Void = tell()
    // The messenger has met the missing port at least once when others had their turns.
    for _ in 1...50 { await Task.yield() }
    let port = try #require(StandInPort(path: path, [.answers(Self.good)]))
    try await told
    #expect(port.heard.count == 1)
  }

  @Test func aGuestThatIsSilentIsGivenUpInTime() async throws {
    let problem = try #require(try await problem([.silent], within: .milliseconds(150)))
    #expect(problem.code == .deadline)
    #expect(problem.message.contains("\"web-1\""))
    #expect(problem.message.contains("within 150ms"))
  }

  @Test(arguments: ["done seed\n", "done seed\ndone time\nend", "done seed\ndone time\nend 77\n"])
  func halfAReplyIsGivenUpInTime(_ text: String) async throws {
    #expect(try await problem([.answers(text)], within: .milliseconds(150))?.code == .deadline)
  }

  @Test func nobodyThereIsADeadlineThatNamesTheSocket() async throws {
    defer { cleanUp() }
    let problem = await #expect(throws: Problem.self) { try await tell(within: .milliseconds(50)) }
    #expect(problem?.code == .deadline)
    #expect(problem?.message.contains(path) == true)
  }

  @Test func garbageIsQuotedAndNotWaitedOn() async throws {
    let problem = try #require(try await problem([.answers("GRUB> \u{7}\n")]))
    #expect(problem.code == .unavailable)
    #expect(problem.message.contains("GRUB>"))
    #expect(!problem.message.contains("\u{7}"))
  }

  @Test func whatTheGuestFailedAtIsHandedOn() async throws {
    let problem = try await problem([.answers("done seed\nfailed time no clock\nend TAG\n")])
    #expect(problem?.message.contains("time failed: no clock") == true)
  }

  @Test func aTaskThatIsCancelledWaitsNoLonger() async throws {
    let port = try #require(StandInPort(path: path, [.silent]))
    defer { cleanUp() }
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        do { try await tell() } catch { return error is CancellationError }
        return false
      }
      while port.heard.isEmpty { await Task.yield() }
      group.cancelAll()
      #expect(await group.next() == true)
    }
  }

  @Test func aPathThatNoSocketCanHaveIsAProblemAtOnce() async throws {
    cleanUp()
    let long = GuestFolder(guests: "/tmp/" + String(repeating: "x", count: 120))
    let problem = await #expect(throws: Problem.self) {
      try await IdentityMessenger(files: long, time: VirtualTime())
        .sendByChannel(request, to: guest, within: .seconds(30))
    }
    #expect(problem?.code == .invalid)
  }
}
