import Covey
import Foundation
import Testing

@testable import coveyd

struct StateLockTests {
  @Test func aSecondLockIsRefusedWithTheHoldersProcess() throws {
    let place = try ShortFolder()
    let path = "\(place.path)/coveyd.lock"
    let first = try StateLock(path)
    let refused = #expect(throws: Problem.self) { try StateLock(path) }
    #expect(refused?.code == .inUse)
    #expect(refused?.message.contains("(process \(getpid()))") == true)
    #expect(refused?.hint.contains("kill \(getpid())") == true)
    first.release()
    try StateLock(path).release()
  }

  @Test func theFileIsPrivateAndHoldsTheProcess() throws {
    let place = try ShortFolder()
    // A longer number of an earlier daemon leaves no digits behind.
    _ = try place.write("123456789012\n", to: "coveyd.lock")
    let lock = try StateLock("\(place.path)/coveyd.lock")
    let text = try String(contentsOfFile: "\(place.path)/coveyd.lock", encoding: .utf8)
    #expect(text == "\(getpid())\n")
    lock.release()
    let fresh = try StateLock("\(place.path)/other.lock")
    #expect(try place.mode(of: "other.lock") == 0o600)
    fresh.release()
  }

  @Test func aPlaceThatCannotHoldALockIsNamed() {
    let refused = #expect(throws: Problem.self) { try StateLock("/nowhere/coveyd.lock") }
    #expect(refused?.code == .unavailable)
    #expect(refused?.message.contains("/nowhere/coveyd.lock") == true)
  }

  @Test func aDaemonHoldsItsFolderUntilItsProcessEndsHoweverThatEnds() async throws {
    let place = try ShortFolder()
    let daemon = try DaemonProcess(state: place.path)
    #expect(await daemon.said("serves").contains("serves"))
    let refused = #expect(throws: Problem.self) { try StateLock("\(place.path)/coveyd.lock") }
    #expect(refused?.message.contains("(process \(daemon.identifier))") == true)

    let second = try DaemonProcess(state: place.path)
    let words = await second.said("hint:")
    #expect(words.contains("another coveyd (process \(daemon.identifier)) runs"))
    #expect(await second.end() == 1)

    daemon.signal(SIGKILL)
    #expect(await daemon.end() == SIGKILL)
    // The next one has the folder, and ends in order: nothing of the first is left running either.
    let next = try DaemonProcess(state: place.path)
    #expect(await next.said("Server started").contains("Server started"))
    next.signal(SIGTERM)
    #expect(await next.end() == 0)
  }

  @Test func aTerminatedDaemonEndsInOrderAndTakesItsSocketAlong() async throws {
    let place = try ShortFolder()
    let daemon = try DaemonProcess(state: place.path)
    let begin = await daemon.said("Server started")
    daemon.signal(SIGTERM)
    let words = begin + (await daemon.said("its guests run on"))
    let status = await daemon.end()
    #expect(words.contains("its guests run on") && status == 0, "\(status): \(words)")
    #expect(!FileManager.default.fileExists(atPath: "\(place.path)/coveyd.sock"))
  }
}
