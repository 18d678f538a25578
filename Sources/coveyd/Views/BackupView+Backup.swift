import Covey
import CoveyWire

extension BackupView {
  init(_ backup: Backup, in folder: String) {
    self.init(
      guest: backup.guest.name.text, folder: folder, id: backup.id, taken: backup.taken.text,
      kind: backup.kind.rawValue, parent: backup.parent, file: backup.file,
      size: backup.size.bytes, sha256: backup.digest, virtualSize: backup.virtualSize.bytes,
      consistency: backup.consistency.rawValue, checkpoint: backup.checkpoint,
      uuid: backup.guest.uuid, cpus: backup.guest.machine.cpus,
      memory: backup.guest.machine.memory.bytes, template: backup.template.text,
      templateDigest: backup.templateDigest, note: backup.note, reason: backup.reason)
  }
}
