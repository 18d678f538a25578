import CoveyWire
import Foundation
import Subprocess
import Testing

/// What a command line said, and how it ended.
struct Said: Sendable {
  let status: Int32
  let out: String
  let err: String

  /// The error object that `--format json` writes.
  func error() throws -> ErrorView {
    try JSONDecoder().decode(ErrorBody.self, from: Data(err.utf8)).error
  }
}

extension Daemon {
  /// Runs `covey` with the words of a line, as a shell without quotes would.
  func covey(_ line: String, typing input: String = "") async throws -> Said {
    let words = line.split(separator: " ").map(String.init)
    let result = try await Subprocess.run(
      .path(.init(Binaries.covey)), arguments: Arguments(words),
      environment: .inherit.updating(["COVEY_SOCKET": client.socket]), input: .string(input),
      output: .string(limit: 8 << 20), error: .string(limit: 8 << 20))
    guard case .exited(let status) = result.terminationStatus else {
      throw Unexpected("covey \(line) was ended by a signal")
    }
    return Said(status: status, out: result.standardOutput, err: result.standardError)
  }

  /// A line that succeeds.
  ///
  /// - Returns: what it wrote to standard output.
  @discardableResult func does(
    _ line: String, typing input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let said = try await covey(line, typing: input)
    try #require(
      said.status == 0, "covey \(line): \(said.status)\n\(said.err)",
      sourceLocation: sourceLocation)
    return said.out
  }

  /// A line that succeeds and shows an object.
  func shows<Item: Decodable>(
    _ line: String, as: Item.Type = Item.self, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Item {
    let text = try await does("\(line) --format json", sourceLocation: sourceLocation)
    return try JSONDecoder().decode(Item.self, from: Data(text.utf8))
  }

  /// A line that fails with an error object, and changes nothing.
  ///
  /// - Returns: the error.
  @discardableResult func refuses(
    _ line: String, _ code: String, status: Int32, typing input: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ErrorView {
    let before = try await everything()
    let said = try await covey("\(line) --format json", typing: input)
    #expect(said.status == status, "covey \(line): \(said.err)", sourceLocation: sourceLocation)
    #expect(said.out == "", sourceLocation: sourceLocation)
    let after = try await everything()
    #expect(after == before, "covey \(line)", sourceLocation: sourceLocation)
    let error = try #require(
      try? said.error(), "covey \(line): no error object: \(said.err)",
      sourceLocation: sourceLocation)
    #expect(error.code == code, "covey \(line): \(error)", sourceLocation: sourceLocation)
    for words in [error.message, error.subject, error.hint] {
      #expect(!words.isEmpty, "covey \(line): \(error)", sourceLocation: sourceLocation)
    }
    return error
  }

  func guest(_ name: String) async throws -> GuestView {
    try await client.get("\(Routes.guests)/\(name)", as: InfoView<GuestView>.self).item
  }

  func group(_ name: String) async throws -> GroupView {
    try await client.get("\(Routes.groups)/\(name)", as: InfoView<GroupView>.self).item
  }

  func members(of name: String) async throws -> [MemberView] {
    try await group(name).members ?? []
  }

  /// Newest first.
  func rounds(of name: String) async throws -> [RoundView] {
    let list: ListView<RoundView> = try await client.get(
      "\(Routes.groups)/\(name)/rounds", ["limit": "4000"])
    return list.items
  }
}
