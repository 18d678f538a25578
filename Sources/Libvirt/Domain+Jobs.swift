import CLibvirt

// A domain's own job: a save, restore, snapshot with memory, backup or migration. It has one at a
// time; others wait for it for 30 seconds and then throw `.operationTimeout`.

extension Domain {
  /// How far the job is that runs; nil when none does (`virDomainGetJobStats`).
  ///
  /// - Parameter completed: ask for the one that ended last instead. libvirt keeps that until the
  ///   next one begins, also while the domain is off.
  /// - Throws: `.operationInvalid` when it is not active and a running job is asked for.
  public func jobProgress(completed: Bool = false) async throws(LibvirtError) -> JobProgress? {
    let flags =
      completed
      ? VIR_DOMAIN_JOB_STATS_COMPLETED.rawValue | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED.rawValue : 0
    // That of a running job comes from QEMU, after a wait for the guest's job lock.
    return try await run(.jobs) { domain throws(LibvirtError) in
      var type: Int32 = 0
      var parameters: virTypedParameterPtr?
      var count: Int32 = 0
      try check(
        "virDomainGetJobStats", virDomainGetJobStats(domain, &type, &parameters, &count, flags))
      defer { virTypedParamsFree(parameters, count) }
      let kind = JobProgress.Kind(code: type)
      guard kind != .none else { return nil }
      return JobProgress(type: kind, raw: TypedValue.dictionary(parameters, count))
    }
  }

  /// Ends the job that runs; what it had begun is given up (`virDomainAbortJob`).
  ///
  /// May return before the job has ended: the call that began it throws `.operationAborted`, and
  /// a backup reports `.jobCompleted`. Never waits behind jobs, and is not withdrawn by
  /// cancellation: it cleans up.
  ///
  /// - Throws: `.operationInvalid` when there is none or it cannot be ended.
  public func abortJob() async throws(LibvirtError) {
    try await run(.control, withdrawable: false) { domain throws(LibvirtError) in
      try check("virDomainAbortJob", virDomainAbortJob(domain))
    }
  }
}
