import Covey

/// A disk image that came in an archive, as hostile as any other until it is proven otherwise.
///
/// Its header is read by covey first, then by a confined `qemu-img`, which looks through its tables too. Neither opens a file
/// that the image names.
struct ArchivedImage {
  /// For a look through all tables of a large image.
  private static let survey: Duration = .seconds(600)
  private static let name = "source"

  /// The archive's.
  let path: String
  /// The only name that the image may have for another file; nil for one that stands alone.
  let below: String?

  /// - `image`: where it was unpacked.
  /// - `place`: private; gets a cell for qemu-img.
  /// - Throws: `.invalid` with what speaks against it.
  func judge(at image: String, in place: BuildPlace) async throws {
    let rules = ImageRules(path: path, declared: .qcow2, limits: ImageLimits())
    let verdict = try rules.judge(at: image, on: below)
    let tool = try ConfinedQemuImg(
      in: place.path, account: ImageIntake.account, subject: rules.subject)
    let cell = tool.path(of: Self.name)
    try HostFiles.rename(image, to: cell)
    try HostFiles.setMode(tool.readable, of: cell)
    try await rules.compare(verdict, with: Self.name, in: tool, on: below)
    // Without what it stands on, which is not there.
    let alone =
      #"json:{"driver":"qcow2","backing":null,"file":{"driver":"file","filename":"\#(Self.name)"}}"#
    _ = try await tool.run(
      ["check", "-q", alone], to: rules.purpose, writes: ByteCount(bytes: 0), within: Self.survey)
    try HostFiles.setMode(0o600, of: cell)
    try HostFiles.rename(cell, to: image)
  }
}
