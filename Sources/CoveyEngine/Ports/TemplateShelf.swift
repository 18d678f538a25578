import Covey

/// Where sealed templates lie, and the workshop that makes them.
public protocol TemplateShelf: Sendable {
  /// Builds the template that a folder describes and seals it. Cancellation leaves nothing behind.
  ///
  /// - `report`: called with each stage's words, in order.
  /// - Returns: the sealed template; the same folder and packages give the same digest, and then nothing is written.
  /// - Throws: `Problem` with `.invalid` for a folder that is wrong (which file, line and key), `.unavailable` for a missing
  ///   tool or package, `.noSpace`.
  func build(folder: String, at now: Timestamp, report: @escaping @Sendable (String) -> Void)
    async throws -> Template
  /// Seals a guest's disk as a template that is otherwise as the one that the guest stands on.
  ///
  /// - `disk`: a file that holds the whole disk; it is moved away.
  func derive(_ name: Name, from guest: Guest, of base: Template, disk: String, at now: Timestamp)
    async throws -> Template
  /// Takes in a disk image from elsewhere, which is hostile until it is proven otherwise, and seals it.
  ///
  /// - Throws: `Problem`; what is refused stands in docs/images.md. Nothing is left then.
  func importImage(
    _ request: ImageRequest, at now: Timestamp, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> Template
  /// Looks whether something could be exported there; changes nothing.
  ///
  /// - `subject`: what it is, as users read it.
  /// - Throws: `Problem` with `.exists` when a file is there, `.invalid` for a folder that cannot be written to or is covey's or a
  ///   guest's.
  func checkExport(to path: String, subject: String) async throws
  /// Writes a template, or a guest with the template that it stands on, to a file's draft, in place of one that an
  /// earlier try left. `publish` gives it the file's name.
  ///
  /// - `disk`: what the guest's disk has beyond its template's.
  /// - Returns: the file, and the digest by which an import is known to be the same: the template's, or that of the whole.
  /// - Throws: `Problem` with `.exists` when the file is there, `.noSpace`; nothing is left then.
  func export(
    _ template: Template, with guest: Guest?, disk: String?, to file: ExportFile,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> OperationResult
  /// Gives a draft its name, unless it has it already.
  ///
  /// - `digest`: what `export` said of it, by which a file is known that has the name already.
  /// - Throws: `Problem` with `.exists` when another file came to be there.
  func publish(_ file: ExportFile, digest: String?) async throws
  /// Removes a draft; succeeds when it is gone.
  func dropDraft(of file: ExportFile) async throws
  /// Seals the template of an exported file, and gives the guest in it to `adopt`, whose disk is gone afterwards.
  ///
  /// - Throws: `Problem` with `.invalid` for what is no export, `.altered` for one that is damaged. A template that was sealed
  ///   stays.
  func importArchive(
    _ path: String, at now: Timestamp, progress: @escaping @Sendable (WorkDone) -> Void,
    guest adopt: @escaping @Sendable (ImportedGuest) async throws -> Void
  ) async throws -> ImportedArchive
  /// Checks every sealed file against its digest. `.altered` says which file differs.
  func verify(_ template: Template) async throws
  /// Looks into the sealed image for what its guests would share. Takes seconds for large images.
  ///
  /// - Throws: `Problem` with `.altered` as `verify`, `.unavailable` for a missing tool, `.noSpace`.
  func inspect(_ template: Template) async throws -> ImageFacts
  /// Removes a sealed template's files; succeeds when they are gone.
  func remove(_ template: Template) async throws
}
