import CLibvirt

/// Why a call to libvirt failed, as libvirt said it.
///
/// Made on the thread of the failing call, right after it, because libvirt keeps the last error
/// per thread (`virGetLastError`). Compare by `code`; `message` is for people and logs.
public struct LibvirtError: Error, Sendable, Hashable {
  /// What went wrong, as a number that callers may switch over.
  public let code: Code
  /// The part of libvirt that reported it (`virErrorDomain`), 0 when this binding did.
  public let domain: Int32
  /// One line for people, in libvirt's words.
  public let message: String
  /// The C function that failed, for example `virDomainCreateWithFlags`.
  public let function: String

  /// Builds an error by hand: for the binding itself, and for tests of code above it.
  public init(code: Code, domain: Int32 = 0, message: String, function: String) {
    self.code = code
    self.domain = domain
    self.message = message
    self.function = function
  }

  /// Copies the calling thread's last error; `.unreported` when libvirt recorded none.
  static func last(_ function: String) -> LibvirtError {
    guard let error = virGetLastError()?.pointee, error.code != 0 else {
      return LibvirtError(
        code: .unreported, message: "the call failed and libvirt gave no reason",
        function: function)
    }
    return LibvirtError(
      code: Code(rawValue: error.code), domain: error.domain,
      message: error.message.map { String(cString: $0) } ?? "", function: function)
  }

  /// The same failure under another code.
  func recoded(_ code: Code) -> LibvirtError {
    LibvirtError(code: code, domain: domain, message: message, function: function)
  }
}

extension LibvirtError: CustomStringConvertible {
  public var description: String { "\(function): \(message) (\(code))" }
}
