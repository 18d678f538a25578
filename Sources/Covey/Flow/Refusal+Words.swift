extension Refusal {
  /// The refusal in words: what, on which object, why, and what would make it possible.
  public var problem: Problem {
    malformed ?? missingOrPresent ?? inTheWay ?? aboutListeners ?? aboutBalancers ?? overLimit
      ?? aboutBackups
      ?? Problem(.internal, "a refusal has no words: \(self)")
  }

  private var malformed: Problem? {
    switch self {
    case .malformedName(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not a name",
        hint: "use 1 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last")
    case .malformedSize(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not a size",
        hint: "write 512MiB, 1GiB or a number of bytes")
    case .malformedDuration(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not a duration",
        hint: "write 500ms, 10s, 5m or 1h; 30 days at most")
    case .malformedEndpoint(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not ADDRESS:PORT",
        hint: "write an IPv4 address and a port of 1 to 65535, such as 127.0.0.1:8080")
    case .malformedHost(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not a host name",
        hint: "write it in lower case and without a port, such as www.example.org")
    case .malformedPath(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not the beginning of a path",
        hint:
          "write it as in /api: letters, digits and -._~/, no slash at its end; leave it out for all paths"
      )
    case .malformedFolder(let text, let why):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not a folder's path: \(why)",
        hint: "write it from / on, such as /srv/fast")
    case .outOfRange(let field, let value, let allowed):
      Problem(.invalid, subject: field, "\(field) is \(value)", hint: "use \(allowed)")
    case .minOverMax(let min, let max):
      Problem(
        .invalid, subject: "min", "min \(min) is over max \(max)",
        hint: "raise --max or lower --min")
    case .thresholdsCross(let above, let below):
      Problem(
        .invalid, subject: "cpu-below",
        "the lower threshold \(percent(below)) is not under the upper one \(percent(above))",
        hint: "set --cpu-below well under --cpu-above")
    case .thresholdsOscillate(let above, let below, let from, let falls):
      Problem(
        .invalid, subject: "cpu-below",
        "the group would oscillate: growing from \(from) to \(from + 1) members at \(percent(above)) "
          + "leaves about \(percent(falls)) each, which is not over the lower threshold \(percent(below))",
        hint: "set --cpu-below under \(percent(falls)), or raise --cpu-above")
    case .portNotServed(let template, let port, let ports):
      Problem(
        .invalid, subject: "port", "template \"\(template)\" does not serve port \(port)",
        hint: "use one of its ports: \(ports.map(String.init).joined(separator: ", "))")
    case .noIdentity(let template):
      Problem(
        .invalid, subject: "template \(template)",
        "forks of template \"\(template)\" could not be told who they are: all would have its hostname, its "
          + "machine-id and its random numbers",
        hint:
          "say `identity: channel` or `identity: qemu-guest-agent` in its template.yaml and build it again; "
          + "see: covey template lint \(template)")
    case .balloonInFork(let template, let balloon):
      Problem(
        .invalid, subject: "template \(template)",
        "template \"\(template)\" has the balloon \"\(balloon.rawValue)\", which forks cannot have: it would punch "
          + "holes in the memory that they share",
        hint: "say `balloon: none` in its template.yaml and build it again, or boot its guests")
    case .document(let problem): problem.problem
    default: nil
    }
  }

  private var missingOrPresent: Problem? {
    switch self {
    case .noSuchGuest(let name, let nearest):
      missing("guest", name, nearest, list: "covey list")
    case .noSuchGroup(let name, let nearest):
      missing("group", name, nearest, list: "covey group list")
    case .noSuchTemplate(let name, let nearest):
      missing("template", name, nearest, list: "covey template list")
    case .guestExists(let name):
      Problem(
        .exists, subject: "guest \(name)", "guest \"\(name)\" exists already",
        hint: "choose another name, or delete it with: covey delete \(name)")
    case .noSuchSnapshot(let name, let guest, let nearest):
      Problem(
        .notFound, subject: "snapshot \(name)",
        "guest \"\(guest)\" has no snapshot \"\(name)\"",
        hint: (nearest.map { "did you mean \"\($0)\"? All of them: " } ?? "see: ")
          + "covey snapshot list \(guest)")
    case .noSuchVersion(let digest, let name, let found):
      Problem(
        .notFound, subject: "template \(name)",
        found == 0
          ? "template \"\(name)\" has no version \(digest)"
          : "\(found) versions of template \"\(name)\" begin with \(digest)",
        hint: "see: covey template list")
    case .noSuchPool(let name, let nearest): missing("pool", name, nearest, list: "covey pool list")
    case .poolExists(let name):
      Problem(
        .exists, subject: "pool \(name)", "pool \"\(name)\" exists already",
        hint: "choose another name; see: covey pool list")
    case .poolThere(let folder, let pool):
      Problem(
        .exists, subject: "pool \(pool)", "\(folder) is pool \"\(pool)\" already",
        hint: "use that pool, or choose another folder")
    case .snapshotExists(let name, let guest):
      Problem(
        .exists, subject: "snapshot \(name)",
        "guest \"\(guest)\" has a snapshot \"\(name)\" already",
        hint: "choose another name, or delete it with: covey snapshot delete \(guest) \(name)")
    case .nameOfGuest(let name):
      Problem(
        .exists, subject: "group \(name)",
        "\"\(name)\" is the name of a guest: in DNS both would be the same",
        hint: "choose another name; see: covey list")
    case .nameOfGroup(let name):
      Problem(
        .exists, subject: "guest \(name)",
        "\"\(name)\" is the name of a group: in DNS both would be the same",
        hint: "choose another name; see: covey group list")
    case .groupExists(let name):
      Problem(
        .exists, subject: "group \(name)", "group \"\(name)\" exists already",
        hint:
          "change it with: covey group set \(name) ..., or delete it with: covey group delete \(name)"
      )
    default: nil
    }
  }

  private var inTheWay: Problem? {
    switch self {
    case .templateInUse(let name, let guests, let groups):
      Problem(
        .inUse, subject: "template \(name)",
        "template \"\(name)\" is used by \(dependants(guests, groups))",
        hint: "delete those first; a linked clone cannot live without its template")
    case .versionInUse(let version, let name, let guests, let groups):
      Problem(
        .inUse, subject: "template \(name)",
        "version \(version) of template \"\(name)\" is needed by \(dependants(guests, groups))",
        hint: "bring them to another version: covey disk rebase GUEST, covey group update GROUP; "
          + "delete snapshots with memory that were taken on it: covey snapshot list GUEST")
    case .listenCoversMembers(let endpoint):
      Problem(
        .invalid, subject: "listen \(endpoint)",
        "\(endpoint) takes port \(endpoint.port) on every address, the members' own ones too",
        hint: "listen on one address, or on another port than the members'")
    case .guestBusy(let name, let verb):
      Problem(
        .conflict, subject: "guest \(name)", "guest \"\(name)\" is busy: \(verb) is under way",
        hint: "wait for it with: covey wait \(name), or use: covey delete --force \(name)")
    case .guestState(let name, let state, let verb, let hint):
      Problem(
        .conflict, subject: "guest \(name)",
        "guest \"\(name)\" is \(state.rawValue) and cannot \(verb)", hint: hint)
    case .memberOfGroup(let name, let group, let disk, let verb):
      Problem(
        .conflict, subject: "guest \(name)",
        "guest \"\(name)\" is a member of group \"\(group)\", which decides when to \(verb) it",
        hint: disk == .persistent
          ? Guest.wayToStop(name, of: group)
          : "use: covey group scale \(group) N, or replace the member with: covey delete \(name)")
    case .ephemeralDisk(let name, let verb):
      Problem(
        .conflict, subject: "guest \(name)",
        "guest \"\(name)\" has an ephemeral disk, which is thrown away at each start: no \(verb)",
        hint: "launch guests whose state matters with: --disk persistent")
    case .diskLiesThere(let name, let folder):
      Problem(
        .invalid, subject: "guest \(name)",
        "the disk of guest \"\(name)\" lies in \(folder) already", hint: "choose another place")
    case .diskWouldShrink(let name, let from, let to):
      Problem(
        .invalid, subject: "guest \(name)",
        "the disk of guest \"\(name)\" has \(from) and cannot shrink to \(to): what the guest keeps at its end would be lost",
        hint: "copy what matters to a guest with a smaller disk")
    case .notCancellable(let id, let verb):
      Problem(
        .conflict, subject: "operation \(id)", "\(verb) cannot be cancelled any more",
        hint:
          "it is past the point from which it can be taken back; see: covey operations info \(id)")
    case .poolInUse(let name, let guests):
      Problem(
        .inUse, subject: "pool \(name)",
        "pool \"\(name)\" holds disks of \(dependants(guests, []))",
        hint: "move them first: covey disk move GUEST --to POOL")
    case .memoryOfStopped(let name):
      Problem(
        .conflict, subject: "guest \(name)",
        "guest \"\(name)\" does not run, and so has no memory to save",
        hint: "leave out --memory, or start it first: covey start \(name)")
    case .updateUnderWay(let name, let phase):
      Problem(
        .conflict, subject: "group \(name)",
        "group \"\(name)\" is being updated already: \(phase)",
        hint:
          "see: covey group update \(name) --status; end it with: covey group update \(name) --rollback"
      )
    case .noUpdate(let name, let verb):
      Problem(
        .conflict, subject: "group \(name)",
        "group \"\(name)\" has no update under way to \(verb)",
        hint: "see: covey group update \(name) --status")
    case .updateOfPersistent(let name):
      Problem(
        .conflict, subject: "group \(name)",
        "the members of group \"\(name)\" have persistent disks, which an update would have to throw away",
        hint:
          "bring one disk at a time to the newer version: covey group pause \(name), then for each member "
          + "covey stop MEMBER, covey disk rebase MEMBER, covey start MEMBER; at last covey group resume \(name)"
      )
    case .asleepAndPaused(let name):
      Problem(
        .conflict, subject: "group \(name)", "group \"\(name)\" is asleep and paused",
        hint: "let requests wake it again: covey group resume \(name)")
    case .groupHasChanged(let name):
      Problem(
        .conflict, subject: "group \(name)",
        "group \"\(name)\" was changed by another request meanwhile",
        hint: "look at it, and ask again: covey group info \(name)")
    case .groupBeingDeleted(let name):
      Problem(
        .conflict, subject: "group \(name)", "group \"\(name)\" is being deleted",
        hint: "wait until it is gone: covey group list")
    default: nil
    }
  }

  private var overLimit: Problem? {
    switch self {
    case .groupFull(let name, let max, let size):
      Problem(
        .limit, subject: "group \(name)",
        "group \"\(name)\" has \(size) guests in all states and may have \(max)",
        hint: "raise it with: covey group set \(name) --max N")
    case .outsideBounds(let name, let size, let min, let max):
      Problem(
        .limit, subject: "group \(name)",
        "size \(size) is outside \(min) to \(max) of group \"\(name)\"",
        hint: "change the bounds with: covey group set \(name) --min N --max N")
    case .tooManySnapshots(let name, let most):
      Problem(
        .limit, subject: "guest \(name)",
        "guest \"\(name)\" has \(most) snapshots, the most there may be",
        hint: "delete some: covey snapshot list \(name)")
    case .tooDeep(let name, let most):
      Problem(
        .limit, subject: "guest \(name)",
        "\(most) layers of the disk of guest \"\(name)\" stand on one another, the most there may be",
        hint: "delete older snapshots, which merges their layers: covey snapshot list \(name)")
    case .noAddressLeft(let pool):
      Problem(
        .limit, subject: "network", "no free loopback address is left in \(pool)",
        hint: "delete guests, or start coveyd with another --network")
    default: nil
    }
  }

  private func missing(_ kind: String, _ name: Name, _ nearest: Name?, list: String) -> Problem {
    let hint = nearest.map { "did you mean \"\($0)\"? All of them: \(list)" } ?? "see: \(list)"
    return Problem(
      .notFound, subject: "\(kind) \(name)", "no \(kind) is named \"\(name)\"", hint: hint)
  }

  private func dependants(_ guests: [Name], _ groups: [Name]) -> String {
    let parts = [("guest", guests), ("group", groups)].filter { !$0.1.isEmpty }.map { kind, names in
      let shown = names.sorted().prefix(5).map(\.text).joined(separator: ", ")
      let more = names.count > 5 ? " and \(names.count - 5) more" : ""
      return "\(kind)\(names.count == 1 ? "" : "s") \(shown)\(more)"
    }
    return parts.joined(separator: " and ")
  }

  private func percent(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value)) %" : "\((value * 10).rounded() / 10) %"
  }
}
