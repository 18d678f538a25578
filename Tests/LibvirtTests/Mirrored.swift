@testable import Libvirt

/// Every number of libvirt that an enumeration or option set of the binding repeats.
enum Mirrored {
  static let numbers: [(String, Int32)] = [
    ("VIR_DOMAIN_RUNNING_UNKNOWN", DomainState.RunningReason.unknown.rawValue),
    ("VIR_DOMAIN_RUNNING_BOOTED", DomainState.RunningReason.booted.rawValue),
    ("VIR_DOMAIN_RUNNING_MIGRATED", DomainState.RunningReason.migrated.rawValue),
    ("VIR_DOMAIN_RUNNING_RESTORED", DomainState.RunningReason.restored.rawValue),
    ("VIR_DOMAIN_RUNNING_FROM_SNAPSHOT", DomainState.RunningReason.fromSnapshot.rawValue),
    ("VIR_DOMAIN_RUNNING_UNPAUSED", DomainState.RunningReason.unpaused.rawValue),
    ("VIR_DOMAIN_RUNNING_MIGRATION_CANCELED", DomainState.RunningReason.migrationCanceled.rawValue),
    ("VIR_DOMAIN_RUNNING_SAVE_CANCELED", DomainState.RunningReason.saveCanceled.rawValue),
    ("VIR_DOMAIN_RUNNING_WAKEUP", DomainState.RunningReason.wakeup.rawValue),
    ("VIR_DOMAIN_RUNNING_CRASHED", DomainState.RunningReason.crashed.rawValue),
    ("VIR_DOMAIN_RUNNING_POSTCOPY", DomainState.RunningReason.postcopy.rawValue),
    ("VIR_DOMAIN_RUNNING_POSTCOPY_FAILED", DomainState.RunningReason.postcopyFailed.rawValue),
    ("VIR_DOMAIN_PAUSED_UNKNOWN", DomainState.PausedReason.unknown.rawValue),
    ("VIR_DOMAIN_PAUSED_USER", DomainState.PausedReason.user.rawValue),
    ("VIR_DOMAIN_PAUSED_MIGRATION", DomainState.PausedReason.migration.rawValue),
    ("VIR_DOMAIN_PAUSED_SAVE", DomainState.PausedReason.save.rawValue),
    ("VIR_DOMAIN_PAUSED_DUMP", DomainState.PausedReason.dump.rawValue),
    ("VIR_DOMAIN_PAUSED_IOERROR", DomainState.PausedReason.ioError.rawValue),
    ("VIR_DOMAIN_PAUSED_WATCHDOG", DomainState.PausedReason.watchdog.rawValue),
    ("VIR_DOMAIN_PAUSED_FROM_SNAPSHOT", DomainState.PausedReason.fromSnapshot.rawValue),
    ("VIR_DOMAIN_PAUSED_SHUTTING_DOWN", DomainState.PausedReason.shuttingDown.rawValue),
    ("VIR_DOMAIN_PAUSED_SNAPSHOT", DomainState.PausedReason.snapshot.rawValue),
    ("VIR_DOMAIN_PAUSED_CRASHED", DomainState.PausedReason.crashed.rawValue),
    ("VIR_DOMAIN_PAUSED_STARTING_UP", DomainState.PausedReason.startingUp.rawValue),
    ("VIR_DOMAIN_PAUSED_POSTCOPY", DomainState.PausedReason.postcopy.rawValue),
    ("VIR_DOMAIN_PAUSED_POSTCOPY_FAILED", DomainState.PausedReason.postcopyFailed.rawValue),
    ("VIR_DOMAIN_SHUTOFF_UNKNOWN", DomainState.ShutOffReason.unknown.rawValue),
    ("VIR_DOMAIN_SHUTOFF_SHUTDOWN", DomainState.ShutOffReason.shutdown.rawValue),
    ("VIR_DOMAIN_SHUTOFF_DESTROYED", DomainState.ShutOffReason.destroyed.rawValue),
    ("VIR_DOMAIN_SHUTOFF_CRASHED", DomainState.ShutOffReason.crashed.rawValue),
    ("VIR_DOMAIN_SHUTOFF_MIGRATED", DomainState.ShutOffReason.migrated.rawValue),
    ("VIR_DOMAIN_SHUTOFF_SAVED", DomainState.ShutOffReason.saved.rawValue),
    ("VIR_DOMAIN_SHUTOFF_FAILED", DomainState.ShutOffReason.failed.rawValue),
    ("VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT", DomainState.ShutOffReason.fromSnapshot.rawValue),
    ("VIR_DOMAIN_SHUTOFF_DAEMON", DomainState.ShutOffReason.daemon.rawValue),
    ("VIR_DOMAIN_CRASHED_UNKNOWN", DomainState.CrashedReason.unknown.rawValue),
    ("VIR_DOMAIN_CRASHED_PANICKED", DomainState.CrashedReason.panicked.rawValue),
    ("VIR_DOMAIN_EVENT_DEFINED_ADDED", LifecycleEvent.Defined.added.rawValue),
    ("VIR_DOMAIN_EVENT_DEFINED_UPDATED", LifecycleEvent.Defined.updated.rawValue),
    ("VIR_DOMAIN_EVENT_DEFINED_RENAMED", LifecycleEvent.Defined.renamed.rawValue),
    ("VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT", LifecycleEvent.Defined.fromSnapshot.rawValue),
    ("VIR_DOMAIN_EVENT_UNDEFINED_REMOVED", LifecycleEvent.Undefined.removed.rawValue),
    ("VIR_DOMAIN_EVENT_UNDEFINED_RENAMED", LifecycleEvent.Undefined.renamed.rawValue),
    ("VIR_DOMAIN_EVENT_STARTED_BOOTED", LifecycleEvent.Started.booted.rawValue),
    ("VIR_DOMAIN_EVENT_STARTED_MIGRATED", LifecycleEvent.Started.migrated.rawValue),
    ("VIR_DOMAIN_EVENT_STARTED_RESTORED", LifecycleEvent.Started.restored.rawValue),
    ("VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT", LifecycleEvent.Started.fromSnapshot.rawValue),
    ("VIR_DOMAIN_EVENT_STARTED_WAKEUP", LifecycleEvent.Started.wakeup.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_PAUSED", LifecycleEvent.Suspended.paused.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED", LifecycleEvent.Suspended.migrated.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_IOERROR", LifecycleEvent.Suspended.ioError.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG", LifecycleEvent.Suspended.watchdog.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_RESTORED", LifecycleEvent.Suspended.restored.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT", LifecycleEvent.Suspended.fromSnapshot.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR", LifecycleEvent.Suspended.apiError.rawValue),
    ("VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY", LifecycleEvent.Suspended.postcopy.rawValue),
    (
      "VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED", LifecycleEvent.Suspended.postcopyFailed.rawValue
    ),
    ("VIR_DOMAIN_EVENT_RESUMED_UNPAUSED", LifecycleEvent.Resumed.unpaused.rawValue),
    ("VIR_DOMAIN_EVENT_RESUMED_MIGRATED", LifecycleEvent.Resumed.migrated.rawValue),
    ("VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT", LifecycleEvent.Resumed.fromSnapshot.rawValue),
    ("VIR_DOMAIN_EVENT_RESUMED_POSTCOPY", LifecycleEvent.Resumed.postcopy.rawValue),
    ("VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED", LifecycleEvent.Resumed.postcopyFailed.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN", LifecycleEvent.Stopped.shutdown.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_DESTROYED", LifecycleEvent.Stopped.destroyed.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_CRASHED", LifecycleEvent.Stopped.crashed.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_MIGRATED", LifecycleEvent.Stopped.migrated.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_SAVED", LifecycleEvent.Stopped.saved.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_FAILED", LifecycleEvent.Stopped.failed.rawValue),
    ("VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT", LifecycleEvent.Stopped.fromSnapshot.rawValue),
    ("VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED", LifecycleEvent.ShutDown.finished.rawValue),
    ("VIR_DOMAIN_EVENT_SHUTDOWN_GUEST", LifecycleEvent.ShutDown.guest.rawValue),
    ("VIR_DOMAIN_EVENT_SHUTDOWN_HOST", LifecycleEvent.ShutDown.host.rawValue),
    ("VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY", LifecycleEvent.Slept.memory.rawValue),
    ("VIR_DOMAIN_EVENT_PMSUSPENDED_DISK", LifecycleEvent.Slept.disk.rawValue),
    ("VIR_DOMAIN_EVENT_CRASHED_PANICKED", LifecycleEvent.Crashed.panicked.rawValue),
    ("VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED", LifecycleEvent.Crashed.crashLoaded.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_NONE", WatchdogAction.none.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_PAUSE", WatchdogAction.pause.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_RESET", WatchdogAction.reset.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF", WatchdogAction.powerOff.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN", WatchdogAction.shutdown.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_DEBUG", WatchdogAction.debug.rawValue),
    ("VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI", WatchdogAction.injectNMI.rawValue),
    ("VIR_DOMAIN_EVENT_IO_ERROR_NONE", DiskError.Action.none.rawValue),
    ("VIR_DOMAIN_EVENT_IO_ERROR_PAUSE", DiskError.Action.pause.rawValue),
    ("VIR_DOMAIN_EVENT_IO_ERROR_REPORT", DiskError.Action.report.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_UNKNOWN", BlockJobEvent.Kind.unknown.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_PULL", BlockJobEvent.Kind.pull.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_COPY", BlockJobEvent.Kind.copy.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT", BlockJobEvent.Kind.commit.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT", BlockJobEvent.Kind.activeCommit.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP", BlockJobEvent.Kind.backup.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_COMPLETED", BlockJobEvent.Status.completed.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_FAILED", BlockJobEvent.Status.failed.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_CANCELED", BlockJobEvent.Status.canceled.rawValue),
    ("VIR_DOMAIN_BLOCK_JOB_READY", BlockJobEvent.Status.ready.rawValue),
    (
      "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED",
      AgentLifecycle.State.connected.rawValue
    ),
    (
      "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED",
      AgentLifecycle.State.disconnected.rawValue
    ),
    (
      "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_UNKNOWN",
      AgentLifecycle.Reason.unknown.rawValue
    ),
    (
      "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED",
      AgentLifecycle.Reason.domainStarted.rawValue
    ),
    (
      "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL",
      AgentLifecycle.Reason.channel.rawValue
    ),
    ("VIR_DOMAIN_START_PAUSED", Int32(bitPattern: DomainStartFlags.paused.rawValue)),
    (
      "VIR_DOMAIN_START_AUTODESTROY",
      Int32(bitPattern: DomainStartFlags.destroyedWithConnection.rawValue)
    ),
    ("VIR_DOMAIN_START_BYPASS_CACHE", Int32(bitPattern: DomainStartFlags.bypassCache.rawValue)),
    ("VIR_DOMAIN_START_FORCE_BOOT", Int32(bitPattern: DomainStartFlags.forceBoot.rawValue)),
    ("VIR_DOMAIN_START_VALIDATE", Int32(bitPattern: DomainStartFlags.validate.rawValue)),
    ("VIR_DOMAIN_START_RESET_NVRAM", Int32(bitPattern: DomainStartFlags.resetNVRAM.rawValue)),
    ("VIR_DOMAIN_UNDEFINE_MANAGED_SAVE", Int32(bitPattern: UndefineFlags.managedSave.rawValue)),
    (
      "VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA",
      Int32(bitPattern: UndefineFlags.snapshotsMetadata.rawValue)
    ),
    ("VIR_DOMAIN_UNDEFINE_NVRAM", Int32(bitPattern: UndefineFlags.nvram.rawValue)),
    ("VIR_DOMAIN_UNDEFINE_KEEP_NVRAM", Int32(bitPattern: UndefineFlags.keepNVRAM.rawValue)),
    (
      "VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA",
      Int32(bitPattern: UndefineFlags.checkpointsMetadata.rawValue)
    ),
    ("VIR_DOMAIN_UNDEFINE_TPM", Int32(bitPattern: UndefineFlags.tpm.rawValue)),
    ("VIR_DOMAIN_UNDEFINE_KEEP_TPM", Int32(bitPattern: UndefineFlags.keepTPM.rawValue)),
    ("VIR_DOMAIN_XML_SECURE", Int32(bitPattern: DomainXMLFlags.secure.rawValue)),
    ("VIR_DOMAIN_XML_INACTIVE", Int32(bitPattern: DomainXMLFlags.inactive.rawValue)),
    ("VIR_DOMAIN_XML_UPDATE_CPU", Int32(bitPattern: DomainXMLFlags.updateCPU.rawValue)),
    ("VIR_DOMAIN_XML_MIGRATABLE", Int32(bitPattern: DomainXMLFlags.migratable.rawValue)),
    ("VIR_DOMAIN_AFFECT_LIVE", Int32(bitPattern: ModificationImpact.live.rawValue)),
    ("VIR_DOMAIN_AFFECT_CONFIG", Int32(bitPattern: ModificationImpact.config.rawValue)),
    ("VIR_DOMAIN_STATS_STATE", Int32(bitPattern: StatisticsGroups.state.rawValue)),
    ("VIR_DOMAIN_STATS_CPU_TOTAL", Int32(bitPattern: StatisticsGroups.cpu.rawValue)),
    ("VIR_DOMAIN_STATS_BALLOON", Int32(bitPattern: StatisticsGroups.balloon.rawValue)),
    ("VIR_DOMAIN_STATS_VCPU", Int32(bitPattern: StatisticsGroups.vcpu.rawValue)),
    ("VIR_DOMAIN_STATS_INTERFACE", Int32(bitPattern: StatisticsGroups.interface.rawValue)),
    ("VIR_DOMAIN_STATS_BLOCK", Int32(bitPattern: StatisticsGroups.block.rawValue)),
    ("VIR_DOMAIN_STATS_PERF", Int32(bitPattern: StatisticsGroups.perf.rawValue)),
    ("VIR_DOMAIN_STATS_IOTHREAD", Int32(bitPattern: StatisticsGroups.ioThread.rawValue)),
    ("VIR_DOMAIN_STATS_MEMORY", Int32(bitPattern: StatisticsGroups.memoryBandwidth.rawValue)),
    ("VIR_DOMAIN_STATS_DIRTYRATE", Int32(bitPattern: StatisticsGroups.dirtyRate.rawValue)),
    ("VIR_DOMAIN_STATS_VM", Int32(bitPattern: StatisticsGroups.hypervisor.rawValue)),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE", Int32(bitPattern: StatisticsFlags.active.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE",
      Int32(bitPattern: StatisticsFlags.inactive.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT",
      Int32(bitPattern: StatisticsFlags.persistent.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT",
      Int32(bitPattern: StatisticsFlags.transient.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT", Int32(bitPattern: StatisticsFlags.noWait.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING",
      Int32(bitPattern: StatisticsFlags.backing.rawValue)
    ),
    (
      "VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS",
      Int32(bitPattern: StatisticsFlags.enforce.rawValue)
    ),
    ("VIR_CONNECT_LIST_DOMAINS_ACTIVE", Int32(bitPattern: DomainFilter.active.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_INACTIVE", Int32(bitPattern: DomainFilter.inactive.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_PERSISTENT", Int32(bitPattern: DomainFilter.persistent.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_TRANSIENT", Int32(bitPattern: DomainFilter.transient.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_RUNNING", Int32(bitPattern: DomainFilter.running.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_PAUSED", Int32(bitPattern: DomainFilter.paused.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_SHUTOFF", Int32(bitPattern: DomainFilter.shutOff.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_OTHER", Int32(bitPattern: DomainFilter.otherState.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE", Int32(bitPattern: DomainFilter.saved.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE", Int32(bitPattern: DomainFilter.notSaved.rawValue)),
    ("VIR_CONNECT_LIST_DOMAINS_AUTOSTART", Int32(bitPattern: DomainFilter.autostarted.rawValue)),
    (
      "VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART",
      Int32(bitPattern: DomainFilter.notAutostarted.rawValue)
    ),
    (
      "VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT",
      Int32(bitPattern: DomainFilter.withSnapshots.rawValue)
    ),
    (
      "VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT",
      Int32(bitPattern: DomainFilter.withoutSnapshots.rawValue)
    ),
    (
      "VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT",
      Int32(bitPattern: DomainFilter.withCheckpoints.rawValue)
    ),
    (
      "VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT",
      Int32(bitPattern: DomainFilter.withoutCheckpoints.rawValue)
    ),
    ("VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN", Int32(bitPattern: ShutdownMode.powerButton.rawValue)),
    ("VIR_DOMAIN_SHUTDOWN_GUEST_AGENT", Int32(bitPattern: ShutdownMode.agent.rawValue)),
    ("VIR_DOMAIN_SHUTDOWN_INITCTL", Int32(bitPattern: ShutdownMode.initctl.rawValue)),
    ("VIR_DOMAIN_SHUTDOWN_SIGNAL", Int32(bitPattern: ShutdownMode.signal.rawValue)),
    ("VIR_DOMAIN_SHUTDOWN_PARAVIRT", Int32(bitPattern: ShutdownMode.paravirtual.rawValue)),
  ]
}
