import CLibvirt
import Foundation

// What the agent inside the guest does for its file systems.

extension Domain {
  /// Stops writes to the guest's file systems and flushes them (`virDomainFSFreeze`).
  ///
  /// - Parameter mountPoints: paths inside the guest; none means all.
  /// - Returns: how many were frozen.
  /// - Throws: `.argumentUnsupported` without a channel for the agent, `.agentUnresponsive`,
  ///   `.operationInvalid` when it is not active, `.internalError` with the agent's words, for
  ///   example when they are frozen already.
  @discardableResult
  public func freezeFilesystems(_ mountPoints: [String] = []) async throws(LibvirtError) -> Int {
    try await run(.jobs) { domain throws(LibvirtError) in
      let count = withPointers(to: mountPoints) { points, count in
        virDomainFSFreeze(domain, points, count, 0)
      }
      return Int(try check("virDomainFSFreeze", count))
    }
  }

  /// Lets writes to the guest's file systems go on (`virDomainFSThaw`).
  ///
  /// Not withdrawn by cancellation, and not held up by long calls: it cleans up. Throws as `freezeFilesystems`.
  ///
  /// - Parameter mountPoints: none means all; QEMU's driver takes no others.
  /// - Returns: how many were thawed; 0 when none was frozen.
  @discardableResult
  public func thawFilesystems(_ mountPoints: [String] = []) async throws(LibvirtError) -> Int {
    try await run(.control, withdrawable: false) { domain throws(LibvirtError) in
      let count = withPointers(to: mountPoints) { points, count in
        virDomainFSThaw(domain, points, count, 0)
      }
      return Int(try check("virDomainFSThaw", count))
    }
  }

  /// Sets how long calls wait for the agent from now on (`virDomainAgentSetResponseTimeout`).
  ///
  /// Does not ask the agent itself, and need not have one; the domain may be off.
  ///
  /// - Parameter seconds: 0 does not wait at all; nil waits for ever, as is the default.
  public func setAgentResponseTimeout(seconds: Int32?) async throws(LibvirtError) {
    let timeout = seconds ?? VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK.rawValue
    try await run(.control) { domain throws(LibvirtError) in
      try check(
        "virDomainAgentSetResponseTimeout", virDomainAgentSetResponseTimeout(domain, timeout, 0))
    }
  }
}

/// Lends texts to C as an array of C strings; nil and 0 when there are none.
private func withPointers<Value>(
  to texts: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?, UInt32) -> Value
) -> Value {
  guard !texts.isEmpty else { return body(nil, 0) }
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  var pointers = copies.map { UnsafePointer($0) }
  return body(&pointers, UInt32(pointers.count))
}
