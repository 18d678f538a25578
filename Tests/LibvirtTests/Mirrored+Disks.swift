@testable import Libvirt

extension Mirrored {
  /// The same for what concerns disks, memory files and jobs.
  static let numbersOfDisks: [(String, Int32)] = [
    (
      "VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA", Int32(bitPattern: SnapshotFlags.noMetadata.rawValue)
    ),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_HALT", Int32(bitPattern: SnapshotFlags.halt.rawValue)),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY", Int32(bitPattern: SnapshotFlags.diskOnly.rawValue)),
    (
      "VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT",
      Int32(bitPattern: SnapshotFlags.reuseExternal.rawValue)
    ),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE", Int32(bitPattern: SnapshotFlags.quiesce.rawValue)),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC", Int32(bitPattern: SnapshotFlags.atomic.rawValue)),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_LIVE", Int32(bitPattern: SnapshotFlags.live.rawValue)),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE", Int32(bitPattern: SnapshotFlags.validate.rawValue)),
    ("VIR_DOMAIN_BLOCK_COMMIT_SHALLOW", Int32(bitPattern: BlockCommitFlags.shallow.rawValue)),
    ("VIR_DOMAIN_BLOCK_COMMIT_DELETE", Int32(bitPattern: BlockCommitFlags.delete.rawValue)),
    ("VIR_DOMAIN_BLOCK_COMMIT_ACTIVE", Int32(bitPattern: BlockCommitFlags.active.rawValue)),
    ("VIR_DOMAIN_BLOCK_COMMIT_RELATIVE", Int32(bitPattern: BlockCommitFlags.relative.rawValue)),
    (
      "VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES",
      Int32(bitPattern: BlockCommitFlags.bandwidthInBytes.rawValue)
    ),
    ("VIR_DOMAIN_BLOCK_COPY_SHALLOW", Int32(bitPattern: BlockCopyFlags.shallow.rawValue)),
    ("VIR_DOMAIN_BLOCK_COPY_REUSE_EXT", Int32(bitPattern: BlockCopyFlags.reuseExternal.rawValue)),
    (
      "VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB", Int32(bitPattern: BlockCopyFlags.transientJob.rawValue)
    ),
    (
      "VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES",
      Int32(bitPattern: BlockCopyFlags.synchronousWrites.rawValue)
    ),
    ("VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC", Int32(bitPattern: BlockJobAbortFlags.async.rawValue)),
    ("VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT", Int32(bitPattern: BlockJobAbortFlags.pivot.rawValue)),
    ("VIR_DOMAIN_SAVE_BYPASS_CACHE", Int32(bitPattern: SaveFlags.bypassCache.rawValue)),
    ("VIR_DOMAIN_SAVE_RUNNING", Int32(bitPattern: SaveFlags.running.rawValue)),
    ("VIR_DOMAIN_SAVE_PAUSED", Int32(bitPattern: SaveFlags.paused.rawValue)),
    ("VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE", Int32(bitPattern: CheckpointFlags.redefine.rawValue)),
    ("VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE", Int32(bitPattern: CheckpointFlags.quiesce.rawValue)),
    (
      "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE",
      Int32(bitPattern: CheckpointFlags.validate.rawValue)
    ),
    ("VIR_DOMAIN_JOB_NONE", JobProgress.Kind.none.rawValue),
    ("VIR_DOMAIN_JOB_BOUNDED", JobProgress.Kind.bounded.rawValue),
    ("VIR_DOMAIN_JOB_UNBOUNDED", JobProgress.Kind.unbounded.rawValue),
    ("VIR_DOMAIN_JOB_COMPLETED", JobProgress.Kind.completed.rawValue),
    ("VIR_DOMAIN_JOB_FAILED", JobProgress.Kind.failed.rawValue),
    ("VIR_DOMAIN_JOB_CANCELLED", JobProgress.Kind.cancelled.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_UNKNOWN", JobProgress.Operation.unknown.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_START", JobProgress.Operation.start.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_SAVE", JobProgress.Operation.save.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_RESTORE", JobProgress.Operation.restore.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN", JobProgress.Operation.migrationIn.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT", JobProgress.Operation.migrationOut.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_SNAPSHOT", JobProgress.Operation.snapshot.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT", JobProgress.Operation.snapshotRevert.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_DUMP", JobProgress.Operation.dump.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_BACKUP", JobProgress.Operation.backup.rawValue),
    ("VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE", JobProgress.Operation.snapshotDelete.rawValue),
  ]
}
