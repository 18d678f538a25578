import Covey
import CoveyEngine
import Foundation
import NIOCore
import NIOPosix

/// Holds the requests of groups that sleep, at one Unix socket each, and passes them on once a member serves.
///
/// HAProxy turns to the socket while no member of the group is up. A connection is held without being read, so that its
/// bytes wait in the system and not here. First come, first served; see `Doorkeeper` for the bounds.
public actor SocketActivator: Activator {
  /// How long connections that are being passed may go on when the daemon ends.
  static let partingTime: TimeAmount = .seconds(5)

  private nonisolated let root: String
  private let placeFor: TimeAmount
  private var keepers: [Name: Keeper] = [:]
  private let knocking: AsyncStream<Name>.Continuation
  private var knockStream: AsyncStream<Name>

  /// A door with what keeps it: all of it lives on one event loop.
  private struct Keeper {
    let doorkeeper: NIOLoopBound<Doorkeeper>
    let loop: any EventLoop
    let listener: any Channel
  }

  /// - Parameter folder: holds one socket per group; made when needed. Sockets that an earlier daemon left are replaced.
  public init(folder: String) { self.init(folder: folder, placeFor: Doorkeeper.placeFor) }

  init(folder: String, placeFor: TimeAmount) {
    self.placeFor = placeFor
    root = URL(fileURLWithPath: folder).standardizedFileURL.path
    (knockStream, knocking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
  }

  public nonisolated func path(of group: Name) -> String { "\(root)/\(group)" }

  public func keep(_ doors: [Name: Door]) async throws {
    for (name, keeper) in keepers where doors[name] == nil {
      keepers[name] = nil
      await close(keeper, at: name, because: "group \(name) does not sleep any more")
    }
    var problem: (any Error)?
    for (name, door) in doors {
      do { try await keep(door, of: name) } catch { problem = error }
    }
    if let problem { throw problem }
  }

  private func keep(_ door: Door, of name: Name) async throws {
    if let keeper = keepers[name], keeper.listener.isActive, await isThere(path(of: name)) {
      try await keeper.loop.submit { keeper.doorkeeper.value.show(door) }.get()
      return
    }
    if let lost = keepers.removeValue(forKey: name) {
      await close(lost, at: name, because: "the socket of group \(name) was lost")
    }
    keepers[name] = try await opened(name, door)
  }

  private nonisolated func isThere(_ path: String) async -> Bool {
    (try? await Blocking.run { FileManager.default.fileExists(atPath: path) }) ?? false
  }

  private func opened(_ name: Name, _ door: Door) async throws -> Keeper {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let (path, knocking, root, placeFor) = (path(of: name), knocking, root, placeFor)
    do {
      try await Blocking.run {
        try FileManager.default.createDirectory(
          atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
      let doorkeeper = try await loop.submit {
        let doorkeeper = Doorkeeper(group: name, door: door, loop: loop, placeFor: placeFor) {
          knocking.yield(name)
        }
        return NIOLoopBound(doorkeeper, eventLoop: loop)
      }.get()
      let listener = try await ServerBootstrap(group: loop)
        .serverChannelOption(.backlog, value: Int32(Doorkeeper.heldAtMost))
        .childChannelOption(.autoRead, value: false)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let client = Passage()
            try channel.pipeline.syncOperations.addHandler(client)
            doorkeeper.value.arrive(client, channel)
          }
        }
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      return Keeper(doorkeeper: doorkeeper, loop: loop, listener: listener)
    } catch {
      throw Problem(
        .unavailable, subject: "group \(name)", "cannot listen at \(path): \(error)",
        hint: "check that the state folder is writable, and no longer than sockets admit")
    }
  }

  public func knocks() -> AsyncStream<Name> { knockStream }

  public func wakes(of group: Name) async -> WakeStatistics? {
    guard let keeper = keepers[group] else { return nil }
    return try? await keeper.loop.submit { keeper.doorkeeper.value.statistics }.get()
  }

  public func end() async {
    let all = keepers
    keepers = [:]
    await withTaskGroup { group in
      for (name, keeper) in all {
        group.addTask { await self.close(keeper, at: name, because: "coveyd is being stopped") }
      }
    }
  }

  /// Takes nobody in any more, turns away whoever waits, and waits until what is under way has ended or its time is up.
  private nonisolated func close(_ keeper: Keeper, at name: Name, because reason: String) async {
    try? await keeper.listener.close()  // it may be closed already
    unlink(path(of: name))
    let ended = keeper.loop.flatSubmit { keeper.doorkeeper.value.close(because: reason) }
    try? await ended.get()  // the loop of the singleton group never ends
  }
}
