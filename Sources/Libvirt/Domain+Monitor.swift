import CLibvirt
import Foundation

// Commands to QEMU's own monitor. libvirt marks a domain as tainted by the first one, because
// it cannot know what a command does to the state that it keeps.

extension Domain {
  /// Sends one QMP command and returns QEMU's reply, both as JSON.
  ///
  /// QEMU's own refusal is a reply with an `error` object, not a thrown error.
  ///
  /// - Throws: `.operationInvalid` when it is not active, `.noSupport` by other drivers,
  ///   `.operationTimeout` when another job holds the monitor for 30 seconds.
  /// - Note: `virDomainQemuMonitorCommand`.
  @discardableResult
  public func monitor(_ json: String) async throws(LibvirtError) -> String {
    try await command(json, flags: VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT.rawValue)
  }

  /// Sends one line to QEMU's human monitor and returns what it printed, often nothing.
  ///
  /// A refusal is text as well. Throws as `monitor` does.
  @discardableResult
  public func humanMonitor(_ line: String) async throws(LibvirtError) -> String {
    try await command(line, flags: VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP.rawValue)
  }

  /// Sends one QMP command together with open files, for `getfd` and `add-fd`.
  ///
  /// - Parameters:
  ///   - json: the command.
  ///   - descriptors: stay the caller's, who must keep them open until this returns and may
  ///     close them afterwards: QEMU gets duplicates.
  /// - Throws: as `monitor`; `.argumentUnsupported` on connections that cannot pass files.
  /// - Note: `virDomainQemuMonitorCommandWithFiles`.
  @discardableResult
  public func monitor(
    _ json: String, passing descriptors: [Int32]
  ) async throws(LibvirtError) -> String {
    try await run(.jobs) { domain throws(LibvirtError) in
      var passed = descriptors
      var returned: UnsafeMutablePointer<Int32>?
      var returnedCount: UInt32 = 0
      var reply: UnsafeMutablePointer<CChar>?
      try check(
        "virDomainQemuMonitorCommandWithFiles",
        virDomainQemuMonitorCommandWithFiles(
          domain, json, UInt32(passed.count), &passed, &returnedCount, &returned, &reply, 0))
      for index in 0..<Int(returnedCount) { _ = returned.map { close($0[index]) } }
      free(returned)
      return try adopt("virDomainQemuMonitorCommandWithFiles", reply)
    }
  }

  private func command(_ text: String, flags: UInt32) async throws(LibvirtError) -> String {
    try await run(.jobs) { domain throws(LibvirtError) in
      var reply: UnsafeMutablePointer<CChar>?
      try check(
        "virDomainQemuMonitorCommand", virDomainQemuMonitorCommand(domain, text, &reply, flags))
      return try adopt("virDomainQemuMonitorCommand", reply)
    }
  }

  /// Sends one command to the guest agent and returns its reply, both as JSON.
  ///
  /// - Parameter timeout: whole seconds to wait for the agent; nil waits as long as it takes.
  /// - Throws: `.agentUnresponsive`, `.argumentUnsupported` without an agent channel,
  ///   `.operationInvalid` when it is not active.
  /// - Note: `virDomainQemuAgentCommand`.
  public func agent(
    _ json: String, timeout: Int32? = 5
  ) async throws(LibvirtError) -> String {
    try await run(.jobs) { domain throws(LibvirtError) in
      let wait = timeout ?? VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK.rawValue
      return try adopt(
        "virDomainQemuAgentCommand", virDomainQemuAgentCommand(domain, json, wait, 0))
    }
  }
}
