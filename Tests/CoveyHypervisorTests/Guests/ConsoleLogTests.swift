import Foundation
import Testing

@testable import CoveyHypervisor

struct ConsoleLogTests {
  private func log(_ bytes: some Sequence<UInt8>) throws -> ConsoleLog {
    let path = "\(try TestPlace.folder("console"))/console.log"
    try Data(bytes).write(to: URL(filePath: path))
    return ConsoleLog(path: path)
  }

  @Test func aGuestThatNeverWroteHasNoLines() throws {
    #expect(ConsoleLog(path: "/nowhere/console.log").tail(10).isEmpty)
    #expect(try ConsoleLog(path: TestPlace.folder("console")).tail(10).isEmpty)
    #expect(try log([]).tail(10).isEmpty)
  }

  @Test func theLastLinesComeOldestFirst() throws {
    let log = try log("one\ntwo\r\nthree\n\nfour".utf8)
    #expect(log.tail(2) == ["three", "four"])
    #expect(log.tail(10) == ["one", "two", "three", "four"])
    #expect(log.tail(0).isEmpty)
  }

  @Test func ofAHugeFileOnlyTheEndIsRead() throws {
    let path = "\(try TestPlace.folder("console"))/console.log"
    try Data().write(to: URL(filePath: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    // 4 GiB with a hole: reading all of it would be noticed.
    try file.truncate(atOffset: 4 << 30)
    try file.seekToEnd()
    try file.write(contentsOf: Data("\nlast but one\nlast\n".utf8))
    try file.close()
    #expect(ConsoleLog(path: path).tail(2) == ["last but one", "last"])
    let all = ConsoleLog(path: path).tail(10_000).reduce(0) { $0 + $1.utf8.count }
    #expect(all <= Int(ConsoleLog.readAtMost))
  }

  @Test func bytesThatAreNoTextDoNotHideTheRest() throws {
    let log = try log(Array("before\n".utf8) + [0xFF, 0xC3, 0x28, 0x0A] + Array("after\n".utf8))
    #expect(log.tail(1) == ["after"])
    #expect(log.tail(10).first == "before")
    #expect(log.tail(10).count == 3)
  }

  @Test func whatMovesTheCursorIsNoText() throws {
    let log = try log(
      "\u{1B}[2J\u{1B}[01;01H\u{1B}[0m\u{1B}[37mShell> \u{1B}[0m\n\u{1B}[0m  \n".utf8)
    #expect(log.tail(10) == ["Shell> "])
  }

  /// The tail is shown on the owner's terminal, and the guest is not to be trusted with that.
  @Test func noControlCharacterReachesTheReadersTerminal() throws {
    let log = try log("\u{1B}[2Jred\u{7}\u{8}\u{7F}\u{0}\u{9B}2J\u{9D}0;title\u{9C}\n".utf8)
    let scalars = log.tail(10).joined().unicodeScalars
    #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(log.tail(1).first?.contains("red") == true)
  }
}
