import CoveyWire
import Foundation
import Testing

/// A guest `one` that writes records all the time, and what a test knows of its disk.
struct CheckerGuest {
  let daemon: Daemon

  /// Runs a test with a checker that has booted, of a template that is sealed once for all tests.
  static func use(_ test: (CheckerGuest) async throws -> Void) async throws {
    try await Daemon.unstarted(on: try await CheckerSeed.shared.state()) { daemon in
      try await daemon.start()
      let sealed = try daemon.digests(below: "templates")
      let guest = CheckerGuest(daemon: daemon)
      try await daemon.does("launch one --template checker")
      try await test(guest)
      let now = try daemon.digests(below: "templates")
      #expect(sealed.allSatisfy { now[$0.key] == $0.value }, "what was sealed was changed")
    }
  }

  func disk() async throws -> DiskView {
    try await daemon.client.get("\(Routes.guests)/one/disk", as: InfoView<DiskView>.self).item
  }

  func snapshots() async throws -> [SnapshotView] {
    try await daemon.client.get("\(Routes.guests)/one/snapshots", as: SnapshotListView.self).items
  }

  func history() async throws -> CheckerHistory { try await daemon.history(of: "one") }

  /// Waits until it has written more: a guest that hangs would pass every other test.
  func goesOn(
    after earlier: CheckerHistory, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    for _ in 1...200 {
      let now = try await history()
      if now.last > earlier.last {
        #expect(
          now.continues(earlier), "\(now) does not go on from \(earlier)",
          sourceLocation: sourceLocation)
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it writes nothing any more", sourceLocation: sourceLocation)
  }

  /// A snapshot holds exactly what was acknowledged up to its moment, which lies between two looks at the guest.
  func expect(
    _ snapshot: String, between before: CheckerHistory, and after: CheckerHistory,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let layers = try await disk().layers ?? []
    let layer = try #require(
      layers.first { $0.snapshot == snapshot }, "no layer is \(snapshot)",
      sourceLocation: sourceLocation)
    let state = try await CheckerImage(path: layer.file).state()
    let differences = state.differences(since: before)
    #expect(differences == [], "\(snapshot)", sourceLocation: sourceLocation)
    #expect(
      state.highest <= after.last + 1, "\(snapshot) is newer than it can be",
      sourceLocation: sourceLocation)
  }

  /// The disk of the guest, which is stopped for it, holds all that was acknowledged and nothing else, and every image is
  /// whole.
  @discardableResult
  func expectExactEnd(sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> CheckerHistory
  {
    let last = try await daemon.pauseChecker(of: "one")
    try await daemon.does("stop one --force")
    try await expectExact(last, sourceLocation: sourceLocation)
    try await expectNothingLeftOver(checksImages: true, sourceLocation: sourceLocation)
    return last
  }

  /// The disk of the guest, which is off, holds this and nothing else.
  func expectExact(
    _ history: CheckerHistory, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let active = try #require(
      try await disk().layers?.first { $0.active }, sourceLocation: sourceLocation)
    let state = try await CheckerImage(path: active.file).state()
    #expect(state.differences(from: history) == [], sourceLocation: sourceLocation)
  }

  /// Every file of a layer or of a saved memory belongs to the disk, and none is missing; every image is whole.
  func expectNothingLeftOver(
    besides folders: [String] = [], checksImages: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let disk = try await disk()
    let known = Set((disk.layers ?? []).map(\.file))
    let memories = try await snapshots().filter { $0.memory != nil }.count
    var found: [String] = []
    for folder in Set([disk.folder, "\(daemon.state)/guests/one"] + folders) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      found += names.map { "\(folder)/\($0)" }
    }
    let images = found.filter { $0.contains("qcow2") }
    #expect(Set(images) == known, sourceLocation: sourceLocation)
    #expect(
      found.filter { $0.contains(".save") }.count == memories, sourceLocation: sourceLocation)
    #expect(
      !found.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".new") },
      sourceLocation: sourceLocation)
    guard checksImages else { return }
    for image in images { try await check(image, sourceLocation) }
  }

  private func check(_ image: String, _ sourceLocation: SourceLocation) async throws {
    let child = try Child(
      "/usr/bin/qemu-img", ["check", "-q", image], log: "\(daemon.state)/check.log")
    let status = await child.end()
    #expect(status == 0, "\(image): \(child.output)", sourceLocation: sourceLocation)
  }
}
