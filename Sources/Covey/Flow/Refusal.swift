/// Why a pure rule says no. Closed, so that every case has its words in `Refusal.problem`.
public enum Refusal: Error, Hashable, Sendable {
  // The request can never work as written.
  case malformedName(String)
  case malformedSize(String)
  case malformedDuration(String)
  case malformedEndpoint(String)
  case malformedFolder(String, why: String)
  case outOfRange(field: String, value: String, allowed: String)
  case minOverMax(min: Int, max: Int)
  case thresholdsCross(above: Double, below: Double)
  case thresholdsOscillate(above: Double, below: Double, from: Int, falls: Double)
  case portNotServed(template: Name, port: Int, ports: [Int])
  case noIdentity(Name)
  case balloonInFork(Name, MemoryBalloon)
  case document(DocumentProblem)

  // The object does not exist, or exists already.
  case noSuchGuest(Name, nearest: Name?)
  case noSuchGroup(Name, nearest: Name?)
  case noSuchTemplate(Name, nearest: Name?)
  case guestExists(Name)
  case noSuchSnapshot(Name, of: Name, nearest: Name?)
  case snapshotExists(Name, of: Name)
  case noSuchPool(Name, nearest: Name?)
  case poolExists(Name)
  case poolThere(String, pool: Name)
  case groupExists(Name)

  // Something else stands in the way.
  case templateInUse(Name, guests: [Name], groups: [Name])
  case listenCoversMembers(Endpoint)
  case listenInUse(Endpoint, group: Name)
  case guestBusy(Name, verb: String)
  case guestState(Name, GuestState, verb: String, hint: String)
  case memberOfGroup(Name, group: Name, verb: String)
  case groupBeingDeleted(Name)
  case ephemeralDisk(Name, verb: String)
  case memoryOfStopped(Name)
  case diskLiesThere(Name, folder: String)
  case diskWouldShrink(Name, from: ByteCount, to: ByteCount)
  case notCancellable(String, verb: String)
  case poolInUse(Name, guests: [Name])

  // A limit that covey keeps.
  case groupFull(Name, max: Int, size: Int)
  case outsideBounds(Name, size: Int, min: Int, max: Int)
  case noAddressLeft(pool: String)
  case tooManySnapshots(Name, atMost: Int)
  case tooDeep(Name, atMost: Int)
}
