import Covey

/// Where warm sets lie, and the machine that each is made from. A set appears complete or not at all.
///
/// All calls throw `Problem`. A machine that is being made into a set is no guest: `Hypervisor.observe` leaves it out.
public protocol WarmShelf: Sendable {
  /// Starts a template's machine on memory that is a file, with a disk of its own, and binds its ports.
  ///
  /// - Throws: `.noSpace` before anything starts when the memory would not fit, `.unsupported` on connections that run
  ///   no QEMU.
  func boot(_ machine: Guest, from template: Template) async throws
  /// Processor time that the machine has used since it started.
  func cpuTime(of machine: Guest) async throws -> Duration
  /// The last lines that the machine wrote to its console.
  func consoleTail(of machine: Guest, lines: Int) async -> [String]
  /// Tells the guest once what forks are told first, so that the code that this takes is in everybody's memory.
  ///
  /// Waits for whom the guest has to hear it, who may start long after what it serves. Nothing, where forks are not told.
  func rehearse(_ machine: Guest, of template: Template) async throws
  /// Makes the guest write everything to its disk, holds it, saves memory, devices and disk, ends it for good, and seals
  /// what was saved.
  ///
  /// - `bootTime`: how long it took from its start to its first answer.
  func seal(
    _ machine: Guest, of template: Template, bootTime: Duration, at now: Timestamp,
    report: @escaping @Sendable (String) -> Void
  ) async throws -> WarmSet
  /// Ends the machine and removes everything it left; succeeds when nothing is there.
  func abandon(_ machine: Guest) async
  /// Checks every sealed file against its digest, and the set against what would resume it now.
  ///
  /// - Throws: `.altered` when a file is not what was sealed, `.outdated` when QEMU, the processor or the machine differ.
  func verify(_ set: WarmSet, of template: Template) async throws
  /// Removes a set's files; succeeds when they are gone. Forks that run keep the memory until they end.
  func remove(_ set: WarmSet) async throws
  /// Space that the set takes on disk; as much memory at most is shared by its forks.
  func usage(of set: WarmSet) async -> WarmUsage
  /// Ends machines and removes files that an earlier daemon left: half-made, or made and never recorded.
  ///
  /// - `known`: identifiers of the sets that are recorded.
  func sweep(besides known: Set<String>) async
}
