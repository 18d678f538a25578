import AsyncHTTPClient

/// What a guest of the template `checker` is asked.
extension Daemon {
  /// All that it has acknowledged until now. Asked again when no answer comes: QEMU may take a connection of a guest that
  /// is only coming up, and lose it.
  func history(of name: String) async throws -> CheckerHistory {
    for _ in 1...2 {
      do {
        return try await history("/cgi-bin/history", of: name, within: 20)
      } catch let error as HTTPClientError where error == .deadlineExceeded {
        continue
      }
    }
    return try await history("/cgi-bin/history", of: name)
  }

  /// Stops its writing: nothing is under way any more.
  @discardableResult func pauseChecker(of name: String) async throws -> CheckerHistory {
    try await history("/cgi-bin/pause", of: name)
  }

  /// Lets it write again, with this many records in a second at most.
  func resumeChecker(of name: String, rate: Int? = nil) async throws {
    try await asked("/cgi-bin/go" + (rate.map { "?rate=\($0)" } ?? ""), of: name)
  }

  /// Lets it begin a new branch: a guest restored with its memory would write the same records again, and nobody could
  /// tell them from those that it wrote before.
  @discardableResult func branchChecker(of name: String) async throws -> CheckerHistory {
    try await history("/cgi-bin/branch", of: name)
  }

  /// Makes its disk larger by data that do not compress, and waits until they are on the disk.
  func fillChecker(of name: String, mebibytes: Int) async throws {
    try await asked("/cgi-bin/bulk?mib=\(mebibytes)", of: name)
  }

  private func history(_ path: String, of name: String, within seconds: Int64 = 60) async throws
    -> CheckerHistory
  {
    let text = try await asked(path, of: name, within: seconds)
    guard let history = CheckerHistory(page: text) else {
      throw Unexpected("guest \(name) answers \(path) with \(text)")
    }
    return history
  }

  @discardableResult private func asked(
    _ path: String, of name: String, within seconds: Int64 = 60
  ) async throws -> String {
    let page = try await page(path, of: name, within: seconds)
    guard page.status == 200 else {
      throw Unexpected("guest \(name) answers \(path) with \(page.status): \(page.body)")
    }
    return page.body
  }
}
