import ArgumentParser
import CoveyWire

/// `covey version`: the versions of the command and, where one answers, of the daemon.
struct Version: CoveyVerb {
  static let number = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Show the version of covey and of the daemon.",
    discussion: """
      Example:
        covey version --format json
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    var view = VersionView(covey: Self.number, coveyd: nil)
    do {
      let doctor: DoctorView = try await session.client.get(Routes.doctor)
      view.coveyd = doctor.versions["covey"]
    } catch let error as ErrorView where error.code == "unreachable" {
      view.coveyd = nil
    }
    try session.show(view) {
      "covey \(view.covey)\ncoveyd \(view.coveyd ?? "does not run on \(session.client.socket)")\n"
    }
  }
}

/// The versions in JSON; `coveyd` is null where no daemon answers.
struct VersionView: Codable, Sendable, Hashable {
  var schemaVersion = 1
  var covey: String
  @ExplicitNull var coveyd: String?
}
