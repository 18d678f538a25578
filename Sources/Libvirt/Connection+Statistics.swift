import CLibvirt

extension Connection {
  /// The statistics of all domains in one call (`virConnectGetAllDomainStats`).
  ///
  /// - Parameters:
  ///   - groups: what to gather; none means everything.
  ///   - flags: whose; `.noWait` skips what a busy or stuck guest would delay.
  /// - Throws: `.argumentUnsupported` with `.enforce` for a group that the driver lacks.
  public func allDomainStatistics(
    _ groups: StatisticsGroups = [], flags: StatisticsFlags = []
  ) async throws(LibvirtError) -> [DomainStatistics] {
    try await run(.control) { connection throws(LibvirtError) in
      var records: UnsafeMutablePointer<UnsafeMutablePointer<virDomainStatsRecord>?>?
      let count = try check(
        "virConnectGetAllDomainStats",
        virConnectGetAllDomainStats(connection, groups.rawValue, &records, flags.rawValue))
      defer { virDomainStatsRecordListFree(records) }
      return (0..<Int(count)).compactMap { index in
        guard let record = records?[index]?.pointee, let domain = record.dom,
          let (uuid, name) = Domain.identity(of: domain)
        else { return nil }
        return DomainStatistics(
          name: name, uuid: uuid, raw: TypedValue.dictionary(record.params, record.nparams))
      }
    }
  }
}
