import Foundation
import Testing

/// The guide's example: that it is the program it claims to be, and that it does what it says.
@Suite struct FirstGuestTests {
  static let documents = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs")

  @Test func theGuideShowsTheProgramThatIsBuilt() throws {
    let guide = try String(
      contentsOf: Self.documents.appendingPathComponent("library.md"), encoding: .utf8)
    let program = try String(
      contentsOf: Self.documents.appendingPathComponent("examples/first-guest/main.swift"),
      encoding: .utf8)
    #expect(guide.components(separatedBy: "```swift\n\(program)```\n").count == 2)
  }

  @Test func theProgramRunsAGuestAndEnds() async throws {
    let host = try await EmbeddedHost()
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("first-guest").path
    let run = try await ToolRun(program, host.root.uri, host.disk)
    #expect(run.status == 0)
    // QEMU's own notice of its end may come in time to be reported, or not.
    let lines = run.output.split(separator: "\n").filter { !$0.hasSuffix("shut down (host)") }
    #expect(
      lines == [
        "first-guest: defined (added)", "first-guest: resumed (unpaused)",
        "first-guest: started (booted)", "first-guest: stopped (destroyed)",
        "first-guest: undefined (removed)", "disconnected (requested)",
      ])
    withExtendedLifetime(host) {}
  }
}
