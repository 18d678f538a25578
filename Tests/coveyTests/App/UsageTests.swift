import ArgumentParser
import CoveyWire
import Foundation
import Testing

@testable import covey

struct UsageTests {
  @Test(arguments: [
    ["list", "--format", "xml"], ["launch"], ["launch", "one"], ["nonsense"], ["start"],
    ["wait", "one", "--for", "happy"], ["group", "create", "web", "--template", "t"],
    ["group", "create", "web", "--listen", "127.0.0.1:80"], ["group", "set", "web"],
    ["group", "watch", "web", "--format", "json"], ["group", "explain", "web", "--limit", "0"],
    ["launch", "one", "--template", "t", "--disk", "floppy"], ["logs", "one", "--lines", "-1"],
    ["stop", "one", "--within", "soon"], ["info", "Not_A_Name"], ["demo", "--connections", "0"],
    ["template", "build", "/nowhere/at/all"], ["apply", "-f", "/nowhere.yaml"],
  ])
  func wrongUsageExits64(_ arguments: [String]) async {
    let run = await covey(arguments)
    #expect(run.status == 64)
    #expect(run.out == "")
    #expect(!run.err.isEmpty)
  }

  @Test func anUnknownFormatNamesTheFormatsThatThereAre() async {
    let run = await covey("list", "--format", "xml")
    for format in Format.allCases { #expect(run.err.contains("'\(format.rawValue)'")) }
  }

  @Test func wrongUsageIsAnObjectWhenJSONIsAskedFor() async throws {
    let run = await covey("list", "--bogus", "--format", "json")
    let body = try JSONDecoder().decode(ErrorBody.self, from: Data(run.err.utf8))
    #expect(body.error.code == "invalid")
    #expect(body.error.message.contains("--bogus"))
  }

  @Test func everyCommandExplainsItselfWithAnExample() {
    for command in Self.all(below: CoveyCommand.self) {
      let text = command.helpMessage(columns: 100)
      #expect(text.contains("Example:"), "\(command)")
      #expect(!command.configuration.abstract.isEmpty, "\(command)")
    }
  }

  @Test func helpIsNoFailure() async {
    let run = await covey("launch", "--help")
    #expect(run.status == 0)
    #expect(run.out.contains("--keep-failed"))
    #expect(run.err == "")
  }

  private static func all(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap { all(below: $0) }
  }
}
