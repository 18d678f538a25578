import Covey
import Glibc

/// Takes in disk images from elsewhere, as hostile until they are proven otherwise.
///
/// 1. The file is opened once, and copied from that descriptor into a private folder (`ImageSource`, `ImageCopy`).
/// 2. Covey reads the copy's header itself (`ImageVerdict`); what points at another file ends here.
/// 3. `qemu-img info` reads the copy, confined (`ConfinedQemuImg`), with the format stated. Both readings must agree.
/// 4. `qemu-img convert` makes a new qcow2 of the copy, confined likewise (`ImageConversion`).
/// 5. Covey reads the header of what came out too, and only then puts it where it was wanted.
///
/// No program of QEMU's opens the file as the user gave it, nor any file that an image names.
public struct ImageIntake: Sendable {
  /// Whom qemu-img runs as when covey is root, unless told otherwise.
  public static let account = "nobody"

  private let account: String

  /// - `account`: whom qemu-img runs as when covey is root.
  public init(account: String = Self.account) { self.account = account }

  /// Makes a qcow2 image of a disk image from elsewhere. Nothing is left of a call that fails or is cancelled.
  ///
  /// - `path`: absolute. Links before its last part are followed.
  /// - `destination`: where the new image shall be, mode 0600; nothing may be there, and its folder must exist. The work is
  ///   done in that folder, which needs space for the file and for the new image.
  /// - `declared`: the format by the user's word. Raw images must be declared; for others it must be true.
  /// - `progress`: is called often, on any thread.
  /// - Throws: `Problem`; what is refused and why stands in docs/images.md.
  public func take(
    _ path: String, to destination: String, declared: ImageFormat? = nil,
    limits: ImageLimits = .init(), progress: @escaping @Sendable (ImageProgress) -> Void = { _ in }
  ) async throws -> TakenImage {
    let source = try ImageSource(path)
    defer { source.end() }
    let rules = ImageRules(path: path, declared: declared, limits: limits)
    // Early, so that nothing large is copied in vain; what counts is what the copy says.
    _ = try rules.judge(source.descriptor)
    let folder = HostFiles.parent(of: destination)
    try await prepare(source, destination, folder, rules)
    return try await inPrivate(folder) { place in
      let tool = try ConfinedQemuImg(in: place, account: account, subject: rules.subject)
      let conversion = ImageConversion(rules: rules, tool: tool, progress: progress)
      let digest = try await ImageCopy.make(
        of: source, at: conversion.source, mode: tool.readable, rules: rules
      ) { progress(ImageProgress(.copying, done: $0, total: source.size)) }
      let verdict = try await conversion.make()
      try await put(conversion.fresh, at: destination, in: folder, rules)
      return TakenImage(
        path: destination, format: verdict.format, virtualSize: verdict.virtualSize, digest: digest)
    }
  }

  /// What would stop it anyway, before anything is copied.
  private func prepare(
    _ source: ImageSource, _ destination: String, _ folder: String, _ rules: ImageRules
  ) async throws {
    guard HostFiles.facts(of: destination) == nil else {
      throw Problem(
        .exists, subject: rules.subject, "\(rules.purpose): there is a file \(destination)",
        hint: "choose another name, or remove that file")
    }
    try DiskSpace.require(source.space, at: folder, for: rules.purpose, subject: rules.subject)
    // The cell would only say that there is no such file.
    try await Program.qemuImg.run(["--version"], to: rules.purpose, subject: rules.subject)
  }

  private func put(_ fresh: String, at destination: String, in folder: String, _ rules: ImageRules)
    async throws
  {
    try await HostFiles.settle(fresh)
    guard !Task.isCancelled else { throw rules.cancelled }
    try HostFiles.rename(fresh, to: destination)
    try HostFiles.synchronize(folder)
  }

  /// Gives `work` a folder that is gone afterwards, even when covey is killed meanwhile: the next one sweeps it.
  private func inPrivate<T>(_ folder: String, _ work: (String) async throws -> T) async throws -> T
  {
    let place = try BuildPlace(in: folder)
    defer { place.unlock() }
    let outcome: Result<T, any Error>
    do { outcome = .success(try await work(place.path)) } catch { outcome = .failure(error) }
    try HostFiles.remove(place.path)
    return try outcome.get()
  }
}
