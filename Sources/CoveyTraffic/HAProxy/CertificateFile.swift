import Covey
import Foundation
import NIOSSL

/// A PEM file with a certificate, its chain and its private key, found to be good for TLS.
struct CertificateFile: Hashable, Sendable {
  static let mostBytes = 1 << 20

  /// Its blocks without what stands between them, as HAProxy takes them over its socket too.
  let text: String

  /// Reads and checks it. Blocks.
  ///
  /// - Throws: `.invalid` that says which part is missing or wrong: the file, the certificate, the key, that the two do not
  ///   belong together, or the time in which it is valid.
  init(path: String, now: Date = Date()) throws {
    let check = Check(path: path)
    text = try check.blocks()
    let certificates = try check.certificates(in: text)
    let key = try check.key(in: text)
    try check.match(certificates, key)
    try check.time(certificates[0], now)
  }

  private struct Check {
    let path: String

    func problem(_ what: String, hint: String) -> Problem {
      Problem(
        .invalid, subject: "certificate \(path)", "certificate \(path): \(what)", hint: hint)
    }

    func blocks() throws -> String {
      guard let data = try? read() else {
        throw problem(
          "the file cannot be read",
          hint: "give the absolute path of a PEM file that coveyd's user may read")
      }
      guard data.count <= CertificateFile.mostBytes else {
        throw problem("it is larger than 1MiB", hint: "is it a PEM file at all?")
      }
      var isInside = false
      let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { line in
          if line.hasPrefix("-----BEGIN ") { isInside = true }
          defer { if line.hasPrefix("-----END ") { isInside = false } }
          return isInside && !line.isEmpty
        }
      return lines.map { $0 + "\n" }.joined()
    }

    private func read() throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: path))
    }

    private static let together =
      "write certificate, chain and private key into one file: cat cert.pem key.pem >site.pem"

    func certificates(in text: String) throws -> [NIOSSLCertificate] {
      guard text.contains("-----BEGIN CERTIFICATE-----") else {
        throw problem("it has no certificate", hint: Self.together)
      }
      let found = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
      guard let found, !found.isEmpty else {
        throw problem(
          "its certificate cannot be read", hint: "see: openssl x509 -in \(path) -noout -text")
      }
      return found
    }

    func key(in text: String) throws -> NIOSSLPrivateKey {
      guard text.contains("PRIVATE KEY-----") else {
        throw problem("it has a certificate and no private key", hint: Self.together)
      }
      guard !text.contains("BEGIN ENCRYPTED PRIVATE KEY"), !text.contains("ENCRYPTED\n") else {
        throw problem(
          "its private key is locked by a passphrase",
          hint: "write it without one: openssl pkey -in \(path)")
      }
      do {
        return try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
      } catch {
        throw problem(
          "its private key cannot be read", hint: "see: openssl pkey -in \(path) -noout -check")
      }
    }

    func match(_ certificates: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) throws {
      do {
        _ = try NIOSSLContext(
          configuration: .makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key)))
      } catch {
        throw problem(
          "its private key does not belong to its first certificate",
          hint: "put the certificate of this key first, and its chain behind it")
      }
    }

    func time(_ certificate: NIOSSLCertificate, _ now: Date) throws {
      let seconds = time_t(now.timeIntervalSince1970)
      guard certificate.notValidAfter > seconds else {
        throw problem(
          "it expired on \(Self.date(certificate.notValidAfter))",
          hint: "renew it and write it to the same file: it is taken in by itself")
      }
      guard certificate.notValidBefore <= seconds else {
        throw problem(
          "it is not valid before \(Self.date(certificate.notValidBefore))",
          hint: "wait, or check the host's clock: date")
      }
    }

    private static func date(_ seconds: time_t) -> String {
      Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
  }
}
