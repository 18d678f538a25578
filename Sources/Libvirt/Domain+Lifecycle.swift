import CLibvirt

extension Domain {
  /// Starts a domain from its persistent definition (`virDomainCreateWithFlags`).
  ///
  /// Returns when the hypervisor runs, long before the guest has booted.
  ///
  /// - Throws: `.operationInvalid` when it is active already; `.operationFailed` and
  ///   `.internalError` with the emulator's words when it would not start.
  public func start(_ flags: DomainStartFlags = []) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainCreateWithFlags", virDomainCreateWithFlags(domain, flags.rawValue))
    }
  }

  /// Asks the guest to stop and returns at once; the guest may take its time or ignore it.
  ///
  /// - Throws: `.operationInvalid` when it is not active, `.agentUnresponsive` when only the
  ///   agent was allowed and does not answer.
  /// - Note: `virDomainShutdownFlags`.
  public func shutdown(_ mode: ShutdownMode = []) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainShutdownFlags", virDomainShutdownFlags(domain, mode.rawValue))
    }
  }

  /// Asks the guest to restart and returns at once; as `shutdown` (`virDomainReboot`).
  public func reboot(_ mode: ShutdownMode = []) async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainReboot", virDomainReboot(domain, mode.rawValue))
    }
  }

  /// Presses the reset button; the guest has no say (`virDomainReset`).
  public func reset() async throws(LibvirtError) {
    try await run(.control) { domain throws(LibvirtError) in
      try check("virDomainReset", virDomainReset(domain, 0))
    }
  }

  /// Ends the domain's process; a transient domain is gone afterwards.
  ///
  /// Returns when the process has ended. Not withdrawn by cancellation: it cleans up.
  ///
  /// - Parameter graceful: never kill a process that does not end by itself in time, because
  ///   that could lose what it has not written yet; fail with `.resourceBusy` or
  ///   `.operationFailed` instead.
  /// - Throws: `.operationInvalid` when it is not active.
  /// - Note: `virDomainDestroyFlags`.
  public func destroy(graceful: Bool = false) async throws(LibvirtError) {
    let flags = graceful ? VIR_DOMAIN_DESTROY_GRACEFUL : VIR_DOMAIN_DESTROY_DEFAULT
    try await run(.control, withdrawable: false) { domain throws(LibvirtError) in
      try check("virDomainDestroyFlags", virDomainDestroyFlags(domain, flags.rawValue))
    }
  }

  /// Stops the processors; memory and devices stay. Idempotent under QEMU.
  ///
  /// - Throws: `.operationInvalid` when it is not active.
  /// - Note: `virDomainSuspend`.
  public func suspend() async throws(LibvirtError) {
    try await run(.jobs) { domain throws(LibvirtError) in
      try check("virDomainSuspend", virDomainSuspend(domain))
    }
  }

  /// Lets the processors go on. Idempotent under QEMU. Long calls do not hold it up.
  ///
  /// - Throws: `.operationInvalid` when it is not active.
  /// - Note: `virDomainResume`.
  public func resume() async throws(LibvirtError) {
    try await run(.control) { domain throws(LibvirtError) in
      try check("virDomainResume", virDomainResume(domain))
    }
  }

  /// Removes the persistent definition; an active domain goes on as a transient one.
  ///
  /// Disk images stay. Not withdrawn by cancellation: it cleans up.
  ///
  /// - Throws: `.operationInvalid` when something hangs on the definition that `flags` do not
  ///   give up, or when the domain is transient.
  /// - Note: `virDomainUndefineFlags`.
  public func undefine(_ flags: UndefineFlags = []) async throws(LibvirtError) {
    try await run(.control, withdrawable: false) { domain throws(LibvirtError) in
      try check("virDomainUndefineFlags", virDomainUndefineFlags(domain, flags.rawValue))
    }
  }

  /// Says whether the host starts the domain when it boots (`virDomainSetAutostart`).
  ///
  /// - Throws: `.operationInvalid` for a transient domain.
  public func setAutostart(_ enabled: Bool) async throws(LibvirtError) {
    try await run(.control) { domain throws(LibvirtError) in
      try check("virDomainSetAutostart", virDomainSetAutostart(domain, enabled ? 1 : 0))
    }
  }
}
