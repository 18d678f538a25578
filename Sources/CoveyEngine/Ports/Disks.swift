import Covey

/// What the engine asks of the files that guests keep. Every call may be repeated.
public protocol Disks: Sendable {
  /// Checks the template's seal and makes the guest's folder and overlay; keeps an overlay that is there.
  ///
  /// - Throws: `Problem` with `.altered` when a sealed file is not what was sealed, `.noSpace` when the file system is
  ///   full (nothing half-made is left), `.exists` when the folder holds another guest's files.
  func create(for guest: Guest, from template: Template) async throws
  /// Makes a file the first layer of a new guest's disk; it is moved away from where it is.
  ///
  /// - `path`: an overlay on the template, which may name it by another path. A disk that an earlier try made is kept.
  /// - Throws: as `create`; `.notFound` when neither file is there.
  func adopt(_ path: String, for guest: Guest, from template: Template) async throws
  /// Checks the template's seal, and that all layers are there which the guest's disk is made of.
  ///
  /// - Throws: `Problem` with `.notFound` when the disk of a guest that had one is gone: a blank one in its place would
  ///   hide the loss; `.conflict` when there is a layer that its record does not know.
  func require(for guest: Guest, from template: Template) async throws
  /// Replaces the overlay by a fresh one.
  func renew(for guest: Guest, from template: Template) async throws
  /// Replaces the guest's overlay by a copy of a warm set's disk, which is an overlay on the same template.
  func fork(for guest: Guest, from set: WarmSet, of template: Template) async throws
  /// Removes the guest's folder and all in it; succeeds when it is gone, and leaves another guest's alone.
  func remove(of guest: Guest) async throws
  /// Space that all layers of the guest's disk take; nil when there are none.
  func usage(of guest: Guest) async -> ByteCount?
}
