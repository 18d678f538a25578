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
  /// Checks every sealed file against its digest. `.altered` says which file differs.
  func verify(_ template: Template) async throws
  /// Looks into the sealed image for what its guests would share. Takes seconds for large images.
  ///
  /// - Throws: `Problem` with `.altered` as `verify`, `.unavailable` for a missing tool, `.noSpace`.
  func inspect(_ template: Template) async throws -> ImageFacts
  /// Removes a sealed template's files; succeeds when they are gone.
  func remove(_ template: Template) async throws
}
