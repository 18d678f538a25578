import ArgumentParser

/// A command that does something: its options are parsed by ArgumentParser, its work gets a session.
protocol CoveyVerb: ParsableCommand, Sendable {
  var common: CommonOptions { get }

  /// True where the verb ends itself on Ctrl-C, because it has to clean up first.
  var endsItself: Bool { get }

  func act(_ session: Session) async throws
}

extension CoveyVerb {
  var endsItself: Bool { false }
}
