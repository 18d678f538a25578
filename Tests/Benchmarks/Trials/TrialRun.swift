/// One trial of one template, by name.
struct TrialRun: Sendable {
  let plan: BenchPlan
  let place: Place
  let daemon: CoveyDaemon
  let progress: Progress

  /// - Parameter findings: gets what was measured, when all of the trial was.
  func run(_ trial: BenchPlan.Trial, of subject: Subject, into findings: inout Findings)
    async throws
  {
    switch trial {
    case .starts: try await starts(subject, &findings)
    case .burst:
      findings.bursts += try await BurstTrial(
        subject: subject, daemon: daemon, place: place, rounds: plan.fewerRounds, quiet: plan.quiet,
        progress: progress
      ).run()
    case .size:
      // A matter of covey's alone: the smallest template shows it.
      guard subject.name == "tiny-web" else { return }
      findings.sizes += try await SizeTrial(
        subject: subject, daemon: daemon, rounds: plan.rounds, quiet: plan.quiet, progress: progress
      ).run()
    case .reaction:
      findings.reactions += try await ReactionTrial(
        subject: subject, daemon: daemon, place: place, rounds: plan.fewerRounds, quiet: plan.quiet,
        progress: progress
      ).run()
    case .disk:
      // What is copied is the same whatever the template, and the smallest one leaves the processors alone.
      guard subject.name == "tiny-web" else { return }
      findings.diskMebibytes = plan.diskMebibytes
      findings.disks = try await DiskTrial(
        subject: subject, daemon: daemon, place: place, mebibytes: plan.diskMebibytes,
        rounds: plan.rounds, quiet: plan.quiet, progress: progress
      ).run()
    case .traffic: try await traffic(subject, &findings)
    case .memory:
      findings.memory.append(
        try await MemoryTrial(
          subject: subject, daemon: daemon, guests: plan.memoryGuests, rest: plan.memoryRest,
          progress: progress
        ).run())
    }
  }

  private func traffic(_ subject: Subject, _ findings: inout Findings) async throws {
    // A matter of covey's alone: the smallest template shows it.
    guard subject.name == "tiny-web" else { return }
    let found = try await TrafficTrial(
      subject: subject, daemon: daemon, place: place, rounds: plan.rounds, quiet: plan.quiet,
      progress: progress
    ).run()
    findings.disturbances = found.disturbances
    findings.withdrawals = found.withdrawals
    findings.moves = found.moves
    findings.failures += found.failures
    findings.wakings = try await WakingTrial(
      subject: subject, daemon: daemon, rounds: plan.rounds, quiet: plan.quiet, progress: progress
    ).run()
  }

  private func starts(_ subject: Subject, _ findings: inout Findings) async throws {
    let rounds = Rounds(
      count: plan.rounds, repeats: plan.repeats, quiet: plan.quiet, progress: progress)
    let found = try await StartTrial(
      subject: subject, daemon: daemon, place: place, only: plan.sides, rounds: rounds
    ).run()
    findings.starts += found.series
    findings.steps += found.steps
    findings.repeatedRounds += found.repeated
  }
}
