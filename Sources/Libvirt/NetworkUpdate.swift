/// What to do with an element of a network's document (`virNetworkUpdateCommand`).
public enum NetworkUpdate: UInt32, Sendable, Hashable, CaseIterable {
  /// Replaces the one that is there. DNS entries cannot be modified (libvirt 9.0).
  case modify = 1
  case delete = 2
  case addLast = 3
  case addFirst = 4
}
