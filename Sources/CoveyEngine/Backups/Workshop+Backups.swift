import Covey

extension Workshop {
  /// Asks for a look at everything in a folder of backups; returns at once.
  ///
  /// - `id`: one backup, with those that it stands on; nil is all.
  public func verifyBackups(in folder: String, _ id: Int?) -> Job {
    add(.verifyBackups(folder: folder, id: id))
  }

  /// - Throws: `Problem` with `.altered` that says what is wrong.
  func verifyBackups(in folder: String, _ id: Int?, job: Operation.Identifier) async throws
    -> OperationResult
  {
    let backups = ports.backups
    let findings = try await following(job) { tell, count in
      try await backups.verify(folder, id, report: tell, progress: count)
    }
    guard let first = findings.first else {
      let words = id.map { "backup \($0) and all that it stands on" } ?? "every backup"
      return OperationResult(path: folder, remark: "\(words) is as it was made")
    }
    throw Problem(
      .altered, subject: folder,
      ([first] + findings.dropFirst()).map(\.words).joined(separator: "; "),
      hint:
        "a damaged backup cannot be mended, and those that stand on it are lost with it: make a full one now with: "
        + "covey backup create GUEST --to FOLDER --full")
  }
}
