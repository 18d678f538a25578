/// One step of a guest's plan. Every step is idempotent, so that a plan may be taken up again after a crash:
/// doing it twice leaves what doing it once leaves.
public enum GuestAction: Hashable, Sendable, Codable {
  /// Checks the template's seal and makes the overlay, if it is not there.
  case createDisk
  /// Checks the template's seal, and that the disk of a guest that ran before is still there.
  case requireDisk
  /// Throws the overlay away and makes a fresh one: the start of an ephemeral disk.
  case renewDisk
  /// Checks the warm set's seal and copies its disk, in place of any that is there.
  case forkDisk(from: String)
  /// Makes a file the first layer of the disk.
  case adoptDisk(String)
  /// Stores the guest's definition in libvirt.
  case define
  case startMachine
  /// Starts the machine on the memory of a warm set, paused.
  case forkMachine(from: String)
  /// Lets a forked machine run and tells it who it is, before anybody can reach it.
  case identify
  /// Lets a standby run again and tells it what time it is.
  case wake
  /// Lets a machine go on that QEMU holds for want of room.
  case goOn
  /// Holds the machine: it keeps its memory and uses no processor.
  case pause
  /// Binds the guest's ports on its loopback address; must be done after every start.
  case exposePorts
  /// Waits until the guest answers its health check.
  case awaitHealth(within: Duration)
  /// Adds the member to its group's balancer.
  case enterBalancer
  /// Takes the member out of the balancer's rotation.
  case drain
  /// Waits until the balancer has no connection left to the member; goes on at the deadline.
  case awaitDrained(within: Duration)
  /// Removes the member from the balancer.
  case leaveBalancer
  /// Asks the guest to power off; goes on at the deadline.
  case shutDown(within: Duration)
  /// Ends the machine at once, if it still runs.
  case destroy
  case undefine
  case removeDisk
  /// Makes an empty layer of the disk on top of another.
  case addLayer(Int, on: Int)
  /// Removes a layer that nothing stands on.
  case dropLayer(Int)
  /// Has the guest write to another layer from now on, at one moment, and freezes the one before as a snapshot.
  case takeSnapshot(Snapshot, turningTo: Int)
  /// Has a layer take in the one below it, and removes that.
  case pullLayer(Int, into: Int)
  /// Has the layer below take in this one, and removes this one.
  case commitLayer(Int, into: Int)
  /// Makes a folder for the guest's layers, and marks it as the guest's; nil is the one beside its other files. Numbers of
  /// its layers and memories are below the given one.
  case claimFolder(String?, below: Int)
  /// Copies a layer that nobody writes to into a folder, and checks the copy.
  case copyLayer(Int, to: String?, rate: ByteCount?)
  case copyMemory(Int, to: String?, rate: ByteCount?)
  /// Copies the active layer into a folder and keeps the copy the same as it from then on.
  case mirrorLayer(Int, to: String?, rate: ByteCount?)
  /// Has the guest write to the layers in a folder instead of those that it had.
  case pivot(to: String?)
  /// Removes layers and memories from a folder that the guest does not use, and the folder when nothing else is in it.
  case clearFolder(String?, below: Int)
  case stopMirror
  /// Has the first layer take in what it reads from the template.
  case flattenLayer(Int)
  /// Has the first layer stand on another version of the template, and read the same.
  case rebaseLayer(Int, onto: String)
  /// Writes the state that a layer stands for, with the template, to a draft beside a file.
  case exportGuest(Int, to: String, snapshot: Name?)
  /// Gives the draft the file's name.
  case publishExport(to: String)
  /// Removes the draft, and gives up the snapshot that froze the layer.
  case dropExport(of: String, snapshot: Name?)
  /// Seals the state that a layer stands for as a template.
  case sealTemplate(Name, layer: Int)
  case resizeDisk(to: ByteCount)
  /// Has the guest make its file system as large as its disk; where it cannot be told, it does so at its next start.
  case growFileSystem
  /// Makes sure that a backup can be made, and makes the folder for it.
  case prepareBackup(BackupTask)
  /// Copies the disk, as it is at one moment, to a file that is not a backup yet.
  case copyBackup(BackupTask)
  /// Checks the copy and makes it a backup: its file gets its name and stands in the folder's description.
  case sealBackup(BackupTask)
  /// Has libvirt forget what no later backup goes on from.
  case tidyCheckpoints
  /// Ends a copy that is under way, and removes what an unfinished backup left.
  case dropBackup(BackupTask)
  /// Makes the disk of a new guest of a backup.
  case restoreDisk(BackupSource)
  /// Removes the memory of a snapshot.
  case dropMemory(Int)
  /// Copies what UEFI firmware remembers, for the layer of this number or for the snapshot that turns to it.
  case copyFirmwareState(Int, to: Int)
  case dropFirmwareState(Int)
  /// Notes a change of the disk that needs no work on its files.
  case note(DiskChange)
  /// Starts the machine on the memory of a snapshot, where it goes on.
  case resumeMemory(Int)

  /// What takes this step back when a later one fails; nil where there is nothing to take back.
  ///
  /// Steps without an undo either only look (`requireDisk`, `awaitHealth`, `awaitDrained`), go with what an earlier one
  /// made (`copyLayer`), end with the machine
  /// (`identify`, `wake`, `pause`, `exposePorts`), change a disk for good (`isFinal`), or are
  /// themselves the way out (`drain` and all after it): those plans go forward, not back.
  public var undo: GuestAction? {
    switch self {
    case .createDisk, .forkDisk, .adoptDisk, .restoreDisk: .removeDisk
    case .define: .undefine
    case .startMachine, .forkMachine: .destroy
    case .enterBalancer: .leaveBalancer
    case .addLayer(let layer, _): .dropLayer(layer)
    case .copyFirmwareState(_, let copy): .dropFirmwareState(copy)
    case .mirrorLayer: .stopMirror
    case .exportGuest(_, let path, let snapshot): .dropExport(of: path, snapshot: snapshot)
    case .claimFolder(let folder, let next): .clearFolder(folder, below: next)
    case .resumeMemory: .destroy
    case .prepareBackup(let task): .dropBackup(task)
    case .requireDisk, .renewDisk, .identify, .wake, .goOn, .pause, .exposePorts, .awaitHealth,
      .drain,
      .awaitDrained, .leaveBalancer, .shutDown, .destroy, .undefine, .removeDisk, .dropLayer,
      .takeSnapshot, .pullLayer, .commitLayer, .dropMemory, .dropFirmwareState, .note, .copyLayer,
      .copyMemory,
      .pivot, .clearFolder, .stopMirror, .resizeDisk, .growFileSystem, .publishExport, .dropExport,
      .flattenLayer,
      .rebaseLayer, .sealTemplate, .copyBackup,
      .sealBackup, .tidyCheckpoints, .dropBackup:
      nil
    }
  }

  /// Whether what the step did stays done: what came before it is then not taken back either.
  public var isFinal: Bool {
    switch self {
    case .takeSnapshot, .pullLayer, .commitLayer, .note, .pivot, .resizeDisk, .flattenLayer,
      .rebaseLayer, .sealBackup, .publishExport:
      true
    default: false
    }
  }

  /// What the user reads while the step runs.
  public var stage: String {
    switch self {
    case .createDisk: "preparing its disk"
    case .requireDisk: "looking at its disk"
    case .renewDisk: "renewing its disk"
    case .forkDisk: "copying the warm disk"
    case .adoptDisk: "taking over its disk"
    case .define: "defining the machine"
    case .startMachine: "starting the machine"
    case .forkMachine: "forking the machine"
    case .identify: "telling it who it is"
    case .wake: "waking the machine"
    case .goOn: "letting it go on"
    case .pause: "pausing the machine"
    case .exposePorts: "binding its ports"
    case .awaitHealth: "waiting for its health check"
    case .enterBalancer: "entering the balancer"
    case .drain: "draining"
    case .awaitDrained: "waiting for its connections to end"
    case .leaveBalancer: "leaving the balancer"
    case .shutDown: "shutting down"
    case .destroy: "ending the machine"
    case .undefine: "removing the definition"
    case .removeDisk: "removing the disk"
    case .addLayer: "preparing a layer of its disk"
    case .dropLayer: "removing a layer of its disk"
    case .takeSnapshot(let snapshot, _):
      snapshot.memory == nil ? "taking the snapshot" : "saving memory and disk"
    case .pullLayer, .commitLayer: "merging layers of its disk"
    case .dropMemory: "removing the saved memory"
    case .copyFirmwareState: "copying what its firmware remembers"
    case .dropFirmwareState: "removing what its firmware remembered"
    case .claimFolder: "preparing the folder"
    case .copyLayer(let layer, _, _): "copying layer \(layer) of its disk"
    case .copyMemory: "copying a saved memory"
    case .mirrorLayer(let layer, _, _): "mirroring layer \(layer) of its disk"
    case .pivot: "turning to the copy"
    case .clearFolder: "removing files that are not used"
    case .stopMirror: "ending the mirror"
    case .resizeDisk: "resizing the disk"
    case .growFileSystem: "growing its file system"
    case .prepareBackup: "preparing the backup"
    case .copyBackup: "copying its disk"
    case .sealBackup: "checking the copy"
    case .tidyCheckpoints: "forgetting older checkpoints"
    case .dropBackup: "removing the unfinished backup"
    case .restoreDisk: "copying the backup"
    case .flattenLayer: "copying what its template has"
    case .rebaseLayer: "changing the version that it stands on"
    case .exportGuest, .publishExport: "writing the file"
    case .dropExport: "removing the file"
    case .sealTemplate: "sealing the template"
    case .note: "writing it down"
    case .resumeMemory: "resuming the saved memory"
    }
  }

  /// The state a guest is in while the step runs; nil when the step does not change it.
  public var stateDuring: GuestState? {
    switch self {
    case .startMachine, .forkMachine, .wake, .resumeMemory: .starting
    case .drain: .draining
    case .shutDown, .destroy: .stopping
    default: nil
    }
  }

  /// Whether its outcome hangs on a balancer's answer, which may be late.
  public var asksBalancer: Bool {
    switch self {
    case .enterBalancer, .drain, .leaveBalancer: true
    default: false
    }
  }

  /// The warm set that the step needs.
  public var warmSet: String? {
    switch self {
    case .forkDisk(let set), .forkMachine(let set): set
    default: nil
    }
  }

  /// Whether a failure of the step says that forking failed, rather than something that would fail a cold start too.
  public var belongsToFork: Bool {
    switch self {
    case .forkDisk, .forkMachine, .identify, .wake, .awaitHealth: true
    default: false
    }
  }

  /// How a machine comes to be that this step starts; nil when it starts none.
  public var startKind: StartKind? {
    switch self {
    case .startMachine: .boot
    case .forkMachine: .fork
    case .wake: .standby
    case .resumeMemory: .resume
    default: nil
    }
  }
}
