/// A record to be stored or removed.
public enum RecordChange: Hashable, Sendable {
  case putTemplate(Template)
  case removeTemplate(digest: String)
  case putWarmSet(WarmSet)
  case removeWarmSet(id: String)
  case putGuest(Guest)
  case removeGuest(Name)
  case putGroup(Group)
  case removeGroup(Name)
  case putPool(Pool)
  case removePool(Name)
  case putBalancer(MovingAddress)
  case removeBalancer(Name)
  case putOperation(Operation)
  case removeOperation(Operation.Identifier)
}

extension Inventory {
  /// The records that differ from an older inventory.
  public func changes(since old: Inventory) -> [RecordChange] {
    difference(templates, old.templates, put: { .putTemplate($0) }) { .removeTemplate(digest: $0) }
      + difference(warmSets, old.warmSets, put: { .putWarmSet($0) }) { .removeWarmSet(id: $0) }
      + difference(guests, old.guests, put: { .putGuest($0) }, remove: { .removeGuest($0) })
      + difference(groups, old.groups, put: { .putGroup($0) }, remove: { .removeGroup($0) })
      + difference(pools, old.pools, put: { .putPool($0) }, remove: { .removePool($0) })
      + difference(balancers, old.balancers, put: { .putBalancer($0) }) { .removeBalancer($0) }
      + difference(operations, old.operations, put: { .putOperation($0) }) { .removeOperation($0) }
  }

  private func difference<Key: Hashable, Record: Equatable>(
    _ new: [Key: Record], _ old: [Key: Record], put: (Record) -> RecordChange,
    remove: (Key) -> RecordChange
  ) -> [RecordChange] {
    let changed = new.filter { old[$0.key] != $0.value }.map { put($0.value) }
    let removed = old.keys.filter { new[$0] == nil }.map { remove($0) }
    return changed + removed
  }
}
