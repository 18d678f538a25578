import Covey
import CoveyEngine
import Support
import Testing

@testable import CoveyHypervisor

/// Where an archive may not be written, since it would go with a guest.
struct ArchivePlaceTests {
  @Test func aFolderOfCoveysOrAGuestsTakesNoArchive() async throws {
    let (state, elsewhere) = (try TestPlace.folder("state"), try TestPlace.folder())
    try HostFiles.makeFolder("\(state)/guests/one")
    try HostFiles.makeFolder("\(elsewhere)/one")
    try HostFiles.write(
      "3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d4".utf8, to: "\(elsewhere)/one/owner", mode: 0o600)
    for folder in [state, "\(state)/guests", "\(state)/guests/one", "\(elsewhere)/one"] {
      let refused = await problem { try await write(to: folder, outside: state) }
      #expect(refused?.code == .invalid, "\(folder)")
      #expect(try !HostFiles.names(in: folder).contains { $0.hasPrefix("x.covey") })
    }
    try await write(to: elsewhere, outside: state)
    #expect(try HostFiles.names(in: elsewhere) == ["one", "x.covey.template-tiny-web.partial"])
  }

  private func write(to folder: String, outside state: String) async throws {
    try await ArchiveWriter(
      file: ExportFile("\(folder)/x.covey", of: Samples.template()), state: state, subject: "test",
      total: .mebibytes(1)
    ) { _ in }
    .write([], [])
  }
}
