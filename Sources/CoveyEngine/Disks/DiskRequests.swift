import Covey

/// The entrance for what users ask of places and of disks: turns names into folders, and looks at the host before a rule decides.
public struct DiskRequests: Sendable {
  private let ledger: Ledger
  private let ports: Ports
  /// The folder that holds the guests' own folders.
  private let home: String

  /// - `home`: absolute path.
  public init(ledger: Ledger, ports: Ports, home: String) {
    self.ledger = ledger
    self.ports = ports
    self.home = home
  }

  /// Every place for disks: covey's own first, those of libvirt last.
  ///
  /// - Throws: `Problem` with `.unavailable` when libvirt does not answer.
  public func places() async throws -> [DiskPlace] {
    let inventory = await ledger.inventory
    let own = try requiring { () throws(Refusal) in
      try [
        DiskPlace(name: Name(Pool.home), folder: FolderPath(home), keeper: .stateFolder)
      ]
        + inventory.pools.values.sorted { $0.name < $1.name }.map { pool throws(Refusal) in
          try DiskPlace(name: pool.name, folder: FolderPath(pool.path), keeper: .covey)
        }
    }
    let taken = Set(own.map(\.name))
    let others = try await ports.layers.storagePools().filter { !taken.contains($0.name) }
    return own + others.map { DiskPlace(name: $0.name, folder: $0.folder, keeper: .libvirt) }
  }

  /// Every place with what lies in it.
  public func placesInUse() async throws -> [PlaceInUse] {
    let places = try await places()
    let guests = await ledger.inventory.guests.values.sorted { $0.name < $1.name }
    var uses: [PlaceInUse] = []
    for place in places {
      var use = PlaceInUse(place: place, space: await ports.layers.space(at: place.folder.text))
      for guest in guests where Self.place(of: guest, among: places) == place {
        // A disk that is not there grows to nothing.
        let size = try? await ports.layers.size(of: guest.disks.active, of: guest)
        use.add(guest.name, await ports.layers.usage(of: guest).total, growingTo: size)
      }
      uses.append(use)
    }
    return uses
  }

  /// - Throws: `Problem` with `.invalid` when the folder cannot hold disks, `.exists` when it is a place already, by this name
  ///   or by another one.
  public func createPool(_ name: Name, at folder: FolderPath) async throws {
    try await ledger.check(.create(folder), on: name, home: home)
    for place in try await places() where place.keeper != .libvirt {
      guard await ports.layers.isSame(folder, as: place.folder) else { continue }
      throw Refusal.poolThere(folder.text, pool: place.name).problem
    }
    try await ports.layers.checkPlace(folder)
    try await ledger.request(.create(folder), on: name, home: home)
  }

  /// The pool's folder and what else lies in it stay.
  public func deletePool(_ name: Name) async throws {
    try await ledger.request(.delete, on: name, home: home)
  }

  /// What a move would do; changes nothing.
  ///
  /// - `place`: a pool's name, or a folder's path.
  public func survey(_ name: Name, to place: String) async throws -> MoveSurvey {
    let guest = try await guest(name)
    let request = try await request(guest, to: place, rate: nil)
    try await check(.moveDisk(request), on: guest)
    return try await ports.layers.survey(request.folder, for: guest)
  }

  public func move(_ name: Name, to place: String, rate: ByteCount?) async throws -> Ledger.Outcome
  {
    let guest = try await guest(name)
    let request = GuestRequest.moveDisk(try await request(guest, to: place, rate: rate))
    try await check(request, on: guest)
    if case .moveDisk(let move) = request {
      try await ports.layers.check(move.folder, for: guest)
    }
    return try await ledger.request(request, on: name)
  }

  /// - `path`: absolute; what cannot be written there is refused before anything is copied.
  public func export(_ name: Name, to path: String) async throws -> Ledger.Outcome {
    try await check(.export(to: path), on: guest(name))
    try await ports.shelf.checkExport(to: path, subject: "guest \(name)")
    return try await ledger.request(.export(to: path), on: name)
  }

  public func resize(_ name: Name, to size: ByteCount) async throws -> Ledger.Outcome {
    let guest = try await guest(name)
    let now = try await ports.layers.size(of: guest.disks.active, of: guest)
    return try await ledger.request(
      .resizeDisk(to: size.wholeMebibytes, from: now), on: name)
  }

  /// The place that a guest's disk lies in; nil when it is none that has a name.
  public static func place(of guest: Guest, among places: [DiskPlace]) -> DiskPlace? {
    guard let folder = guest.disks.folder else { return places.first { $0.keeper == .stateFolder } }
    return places.filter { $0.keeper != .stateFolder && $0.folder.contains(folder) }
      .max { $0.folder.text.count < $1.folder.text.count }
  }

  private func guest(_ name: Name) async throws -> Guest {
    let inventory = await ledger.inventory
    return try requiring { () throws(Refusal) in try inventory.requireGuest(name) }
  }

  /// What a rule would refuse is refused before the host is looked at.
  private func check(_ request: GuestRequest, on guest: Guest) async throws {
    let decision = await guest.decide(request, in: ledger.inventory)
    if case .refuse(let refusal) = decision { throw refusal.problem }
  }

  private func request(_ guest: Guest, to place: String, rate: ByteCount?) async throws
    -> MoveRequest
  {
    let folder = try await folder(place, for: guest)
    return try requiring { () throws(Refusal) in try MoveRequest(folder: folder, rate: rate) }
  }

  /// The folder of the guest's own in a place; nil for the one beside its other files.
  private func folder(_ place: String, for guest: Guest) async throws -> String? {
    if place.hasPrefix("/") {
      let folder = try requiring { () throws(Refusal) in try FolderPath(place) }
      return folder.text == home ? nil : folder.appending(guest.name)
    }
    let name = try requiring { () throws(Refusal) in try Name(place) }
    let places = try await places()
    guard let found = places.first(where: { $0.name == name }) else {
      let inventory = await ledger.inventory
      _ = try requiring { () throws(Refusal) in try inventory.requirePool(name) }
      return nil
    }
    return found.keeper == .stateFolder ? nil : found.folder.appending(guest.name)
  }
}
