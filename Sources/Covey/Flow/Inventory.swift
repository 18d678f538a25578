/// Everything covey knows, as a value. Events fold into the next one; nothing else changes it.
public struct Inventory: Hashable, Sendable {
  public var revision = 0
  /// By digest: several versions of one name may exist while guests stand on them.
  public var templates: [String: Template] = [:]
  public var warmSets: [String: WarmSet] = [:]
  public var guests: [Name: Guest] = [:]
  public var groups: [Name: Group] = [:]
  /// Places for disks beside the state folder's own.
  public var pools: [Name: Pool] = [:]
  /// Addresses that move between seats.
  public var balancers: [Name: MovingAddress] = [:]
  /// Those under way, and the latest that are over.
  public var operations: [Operation.Identifier: Operation] = [:]

  /// How many finished operations are remembered.
  public static let finishedOperationsKept = 500

  public init() {}

  /// The newest version of a template.
  public func template(_ name: Name) -> Template? {
    templates.values.filter { $0.name == name }.max { $0.created < $1.created }
  }

  /// The set from which guests of this size are forked from this version of a template; nil when it is not warm.
  public func warmSet(of digest: String, for machine: MachineSize) -> WarmSet? {
    warmSets.values
      .filter { $0.templateDigest == digest && $0.machine == machine && $0.refusal == nil }
      .max { $0.created < $1.created }
  }

  /// All warm sets of a template, of every version and size, oldest first.
  public func warmSets(of template: Name) -> [WarmSet] {
    warmSets.values.filter { $0.template == template }.sorted { $0.created < $1.created }
  }

  /// Sets that no guest will ever be forked from: of versions of a template that are neither the newest nor one that a
  /// group keeps to, and those that a newer set of the same machine replaces.
  public var supersededWarmSets: [WarmSet] {
    let kept = Set(groups.values.flatMap { [$0.version, $0.launchVersion] }.compactMap(\.self))
    return warmSets.values.filter { set in
      template(set.template)?.digest != set.templateDigest && !kept.contains(set.templateDigest)
        || warmSets.values.contains {
          $0.templateDigest == set.templateDigest && $0.machine == set.machine
            && $0.created > set.created
        }
    }
  }

  /// Members of a group in every state, by their number.
  public func members(of group: Name) -> [Guest] {
    guests.values.filter { $0.group == group }.sorted {
      ($0.name.memberNumber(of: group), $0.name) < ($1.name.memberNumber(of: group), $1.name)
    }
  }

  /// The operation under way on a guest.
  public func operation(on guest: Name) -> Operation? {
    operations.values.first { $0.guest == guest && !$0.status.isOver }
  }

  /// How long a guest is left alone after something failed on it, so that no loop runs hot.
  public static let restAfterFailure: Duration = .seconds(10)

  /// Whether an operation on the guest failed a moment ago.
  public func failedLately(
    on guest: Name, at now: Timestamp, rest: Duration = Inventory.restAfterFailure
  ) -> Bool {
    operations.values.contains { operation in
      guard operation.guest == guest, operation.status == .failed, let ended = operation.ended
      else { return false }
      return now - ended < rest
    }
  }

  /// Addresses that guests hold.
  public var addresses: Set<IPv4Address> { Set(guests.values.map(\.address)) }

  /// - Throws: `Refusal.noSuchGuest`, with the nearest name.
  public func requireGuest(_ name: Name) throws(Refusal) -> Guest {
    guard let guest = guests[name] else {
      throw .noSuchGuest(name, nearest: Self.nearestName(name, guests.keys))
    }
    return guest
  }

  /// - Throws: `Refusal.noSuchGroup`, with the nearest name.
  public func requireGroup(_ name: Name) throws(Refusal) -> Group {
    guard let group = groups[name] else {
      throw .noSuchGroup(name, nearest: Self.nearestName(name, groups.keys))
    }
    return group
  }

  /// - Throws: `Refusal.noSuchTemplate`, with the nearest name.
  public func requireTemplate(_ name: Name) throws(Refusal) -> Template {
    guard let template = template(name) else {
      throw .noSuchTemplate(name, nearest: Self.nearestName(name, templates.values.map(\.name)))
    }
    return template
  }

  /// A version of a template, by the beginning of its digest; nil is the newest.
  ///
  /// - Throws: `Refusal.noSuchTemplate`, `.noSuchVersion` for a digest that is none's or several's beginning.
  public func requireVersion(_ digest: String?, of name: Name) throws(Refusal) -> Template {
    guard let digest else { return try requireTemplate(name) }
    let versions = templates.values.filter { $0.name == name && $0.digest.hasPrefix(digest) }
    guard versions.count == 1, !digest.isEmpty else {
      throw .noSuchVersion(digest, of: name, found: versions.count)
    }
    return versions[0]
  }

  /// - Throws: `Refusal.noSuchPool`, with the nearest name.
  public func requirePool(_ name: Name) throws(Refusal) -> Pool {
    guard let pool = pools[name] else {
      throw .noSuchPool(name, nearest: Self.nearestName(name, pools.keys))
    }
    return pool
  }

  /// - Throws: `Refusal.noSuchBalancer`, with the nearest name.
  public func requireBalancer(_ name: Name) throws(Refusal) -> MovingAddress {
    guard let balancer = balancers[name] else {
      throw .noSuchBalancer(name, nearest: Self.nearestName(name, balancers.keys))
    }
    return balancer
  }

  /// All versions of a template, when nothing stands on any of them.
  ///
  /// - Throws: `Refusal.noSuchTemplate`, `.templateInUse` with the guests and groups that need it.
  public func deletableVersions(of name: Name) throws(Refusal) -> [Template] {
    _ = try requireTemplate(name)
    let versions = templates.values.filter { $0.name == name }
    let digests = Set(versions.map(\.digest))
    let standing = guests.values.filter { digests.contains($0.templateDigest) }.map(\.name)
    let launching = groups.values.filter { $0.spec.template == name }.map(\.name)
    guard standing.isEmpty, launching.isEmpty else {
      throw .templateInUse(name, guests: standing, groups: launching)
    }
    return versions
  }

  /// A version of a template, by the beginning of its digest, when nothing needs it. The newest one may go too: the one before
  /// is the newest then.
  ///
  /// - Throws: `Refusal.noSuchTemplate`, `.noSuchVersion`, `.versionInUse` with the guests and groups that need it.
  public func deletableVersion(_ digest: String, of name: Name) throws(Refusal) -> Template {
    _ = try requireTemplate(name)
    let version = try requireVersion(digest, of: name)
    let standing = guests.values.filter { needs(version, $0) }.map(\.name)
    let launching = groups.values.filter { needs(version, $0) }.map(\.name)
    guard standing.isEmpty, launching.isEmpty else {
      throw .versionInUse(version.shortDigest, of: name, guests: standing, groups: launching)
    }
    return version
  }

  /// Whether a guest stands on a version, is about to, or has a saved memory whose machine had its kernel.
  private func needs(_ version: Template, _ guest: Guest) -> Bool {
    guest.templateDigest == version.digest
      || operation(on: guest.name)?.rebases(onto: version.digest) == true
      || guest.disks.snapshots.contains { snapshot in
        guard snapshot.memory != nil else { return false }
        // Records from before it was noted: whichever the guest may have stood on then.
        return snapshot.version.map { $0 == version.digest }
          ?? (guest.template == version.name && version.created <= snapshot.created)
      }
  }

  /// Whether a group's members are made of a version, or may come to be while it is updated.
  private func needs(_ version: Template, _ group: Group) -> Bool {
    guard group.spec.template == version.name else { return false }
    let isOpen = group.rollout.map { $0.isActive || $0.phase == .failed } ?? false
    let kept =
      [group.version, group.launchVersion]
      + (isOpen ? [group.rollout?.from, group.rollout?.to] : [])
    return kept.contains(version.digest)
      || group.launchVersion == nil && template(version.name)?.digest == version.digest
  }

  private static func nearestName(_ name: Name, _ names: some Sequence<Name>) -> Name? {
    let word = nearest(to: name.text, among: names.map(\.text))
    return names.first { $0.text == word }
  }
}
