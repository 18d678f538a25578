import Covey

/// What the engine asks of the files that guests keep. Every call may be repeated.
public protocol Disks: Sendable {
  /// Checks the template's seal and makes the guest's folder and overlay; keeps an overlay that is there.
  ///
  /// - Throws: `Problem` with `.altered` when a sealed file is not what was sealed, `.noSpace` when the file system is
  ///   full (nothing half-made is left).
  func create(for guest: Guest, from template: Template) async throws
  /// Replaces the overlay by a fresh one.
  func renew(for guest: Guest, from template: Template) async throws
  /// Removes the guest's folder and all in it; succeeds when it is gone.
  func remove(of guest: Name) async throws
  /// Space that the guest's overlay takes; nil when there is none.
  func usage(of guest: Name) async -> ByteCount?
}
