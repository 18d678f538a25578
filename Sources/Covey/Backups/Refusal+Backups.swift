extension Refusal {
  var aboutBackups: Problem? {
    switch self {
    case .noBackups(let folder):
      Problem(
        .notFound, subject: folder, "there are no backups in \(folder)",
        hint: "name the guest's own folder, FOLDER/GUEST; see: covey backup list FOLDER")
    case .noSuchBackup(let id, let folder, let there):
      Problem(
        .notFound, subject: folder, "there is no backup \(id) in \(folder)",
        hint: there.isEmpty
          ? "it is empty; make one with: covey backup create"
          : "there are: \(there.map(String.init).joined(separator: ", "))")
    case .noTemplateOfBackup(let name, let digest):
      Problem(
        .notFound, subject: "template \(name)",
        "the backup stands on a version of template \"\(name)\" that is not here: \(digest.prefix(12))",
        hint:
          "build it from the folder that it was built from (covey template build FOLDER), or bring it from where "
          + "the backup was made; covey template list shows what is here")
    case .backupsOfAnother(let folder, let guest, let uuid):
      Problem(
        .exists, subject: folder,
        "\(folder) holds the backups of another guest \"\(guest)\", whose UUID is \(uuid)",
        hint: "back this guest up to another folder, or move that one away")
    case .backupUnderWay(let folder, let operation):
      Problem(
        .conflict, subject: folder, "a backup to \(folder) is under way",
        hint: "wait for it: covey operations info \(operation)")
    case .tooManyBackups(let folder, let most):
      Problem(
        .limit, subject: folder, "\(folder) holds \(most) backups, the most there may be",
        hint: "remove old ones: covey backup delete \(folder) --keep N")
    default: nil
    }
  }
}
