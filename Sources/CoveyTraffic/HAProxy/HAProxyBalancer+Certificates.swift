import Covey
import Foundation

extension HAProxyBalancer {
  /// Takes in a group's certificate whose file has changed, at run time: no connection ends and nothing reloads.
  ///
  /// - Throws: `.invalid` when the file is no valid certificate any more, or has expired: what is served stays. `.unavailable`
  ///   when HAProxy does not answer, or does not take it.
  public func renewCertificate(of frontend: Frontend) async throws {
    let folder = folder(frontend.listen)
    try await turns.run(folder.name) { try await renew(frontend, in: folder) }
  }

  private func renew(_ frontend: Frontend, in folder: BalancerFolder) async throws {
    guard let path = frontend.certificate else { return }
    let (new, old) = try await Blocking.run {
      (try CertificateFile(path: path).text, try? folder.certificateText(of: frontend.group))
    }
    guard new != old else { return }
    try await commit(new, as: BalancerFolder.certificate(of: frontend.group), folder)
    // Last: what is written counts as served.
    try await Blocking.run { try folder.writeCertificate(new, of: frontend.group) }
  }

  /// Takes in what has changed of all groups of a listener. A file that is not good keeps no other from being served, and
  /// fails nothing here: its copy is served on, and its group is told when it is renewed.
  func renewAll(of listener: Listener, in folder: BalancerFolder) async throws {
    for frontend in listener.frontends {
      do { try await renew(frontend, in: folder) } catch let problem as Problem
        where problem.code == .invalid
      {
        continue
      }
    }
  }

  private func commit(_ pem: String, as file: String, _ folder: BalancerFolder) async throws {
    let socket = socket(of: folder)
    let staged = try await socket.ask(.stageCertificate(file: file, pem: pem))
    guard staged.hasPrefix("Transaction") else { throw refusal(staged, file, folder) }
    let answer = try await socket.ask(.commitCertificate(file: file))
    guard answer.contains("Success") else {
      _ = try await socket.ask(.abortCertificate(file: file))
      throw refusal(answer, file, folder)
    }
  }

  private func refusal(_ answer: String, _ file: String, _ folder: BalancerFolder) -> Problem {
    Problem(
      .unavailable, subject: folder.subject,
      "HAProxy does not take the certificate \(file): \(answer)",
      hint: "the older one is served; see \(folder.log)")
  }
}

/// A group's certificate as a process serves it; nil where it serves none.
struct ServedCopy: Hashable, Sendable {
  let group: Name
  let text: String?
}

extension BalancerFolder {
  func hasCertificate(of group: Name) -> Bool {
    FileManager.default.fileExists(atPath: certificate(of: group))
  }

  func certificateText(of group: Name) throws -> String {
    try String(contentsOfFile: certificate(of: group), encoding: .utf8)
  }

  /// It holds a private key: for this user only from its first byte on. Blocks.
  func writeCertificate(_ text: String, of group: Name) throws {
    let fresh = certificate(of: group) + ".next"
    unlink(fresh)
    guard
      FileManager.default.createFile(
        atPath: fresh, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
      rename(fresh, certificate(of: group)) == 0
    else {
      throw Problem(
        .unavailable, subject: subject, "cannot write \(fresh): \(SystemReason.text(errno))",
        hint: "check that the state folder is writable and has space")
    }
  }

  /// Copies the certificates that a process is about to load. Where a file is not good any more, the copy that was served
  /// before goes on: a process that comes back must not fail for that. Blocks.
  ///
  /// - Returns: what was changed, as it was before, for `putBack`.
  /// - Throws: `.invalid` when a file is no certificate and there is no copy: nothing has changed then.
  @discardableResult
  func takeCertificates(of listener: Listener) throws -> [ServedCopy] {
    var fresh: [(group: Name, text: String)] = []
    for frontend in listener.frontends {
      guard let path = frontend.certificate else { continue }
      do {
        fresh.append((frontend.group, try CertificateFile(path: path).text))
      } catch let problem as Problem where problem.code == .invalid {
        guard hasCertificate(of: frontend.group) else { throw problem }
      }
    }
    var changed: [ServedCopy] = []
    do {
      for (group, text) in fresh {
        let old = try? certificateText(of: group)
        guard old != text else { continue }
        changed.append(ServedCopy(group: group, text: old))
        try writeCertificate(text, of: group)
      }
    } catch {
      try putBack(changed)
      throw error
    }
    return changed
  }

  /// Makes copies what they were: of those that are served, it is known that they are. Blocks.
  func putBack(_ copies: [ServedCopy]) throws {
    for copy in copies {
      if let text = copy.text {
        try writeCertificate(text, of: copy.group)
      } else {
        unlink(certificate(of: copy.group))
      }
    }
  }

  /// Removes copies of groups that have none any more. Blocks.
  func dropCertificates(besides listener: Listener) throws {
    let kept = Set(
      listener.frontends.filter { $0.certificate != nil }.map { Self.certificate(of: $0.group) })
    for file in try FileManager.default.contentsOfDirectory(atPath: path)
    where file.hasSuffix(".pem") && !kept.contains(file) {
      try FileManager.default.removeItem(atPath: path + "/" + file)
    }
  }
}
