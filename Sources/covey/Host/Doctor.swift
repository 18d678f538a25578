import ArgumentParser
import CoveyWire
import Foundation
import Subprocess

/// `covey doctor`: what is missing or wrong on the host, and how to mend it.
struct Doctor: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what is missing or wrong on the host and how to mend it.",
    discussion: """
      Works without a daemon too.

      Example:
        covey doctor --format json
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let view: DoctorView
    do {
      view = try await session.client.get(Routes.doctor)
    } catch let error as ErrorView where error.code == "unreachable" {
      view = try await withoutDaemon(error)
    }
    try session.show(view) { DoctorText.report(view, session.style) }
  }

  /// Asks the daemon's executable itself.
  private func withoutDaemon(_ unreachable: ErrorView) async throws -> DoctorView {
    guard let daemon = Sibling.path(of: "coveyd") else { throw unreachable }
    let result = try await Subprocess.run(
      .path(.init(daemon)), arguments: ["--check", "--format", "json"],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
    do {
      let data = Data(result.standardOutput.utf8)
      return Self.adding(unreachable, to: try JSONDecoder().decode(DoctorView.self, from: data))
    } catch {
      var told = unreachable
      let words = result.standardError.split(separator: "\n").last.map(String.init)
      told.message += "; and \(daemon) --check fails: \(words ?? "\(error)")"
      throw told
    }
  }

  /// The report of a host without a daemon says so first.
  static func adding(_ unreachable: ErrorView, to report: DoctorView) -> DoctorView {
    var view = report
    let problem = DoctorView.ProblemView(
      severity: "warning", what: "no daemon runs: nothing answers on \(unreachable.subject)",
      mend: unreachable.hint)
    view.problems.insert(problem, at: 0)
    return view
  }
}
