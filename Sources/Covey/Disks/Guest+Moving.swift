/// A wish for a guest's disk to lie elsewhere.
public struct MoveRequest: Hashable, Sendable {
  /// The folder for the guest's layers; nil is the one beside its other files.
  public let folder: String?
  /// Bytes a second at most; nil is as fast as it goes.
  public let rate: ByteCount?

  public static let slowestRate = ByteCount.mebibytes(1)

  /// - Throws: `Refusal.outOfRange` for a rate under 1 MiB/s.
  public init(folder: String?, rate: ByteCount? = nil) throws(Refusal) {
    if let rate, rate < Self.slowestRate {
      throw .outOfRange(field: "rate", value: "\(rate)/s", allowed: "\(Self.slowestRate)/s or more")
    }
    self.folder = folder
    self.rate = rate
  }
}

extension Guest {
  /// The largest disk that a guest may have.
  public static let largestDisk = ByteCount.gibibytes(64 << 10)

  /// What nobody writes to is copied first, each layer after the one that it stands on; the active one is mirrored until the
  /// guest turns to the copy. Until then all of it can be taken back, and what the guest had is removed last.
  func decide(_ request: MoveRequest) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "move")
      guard request.folder != disks.folder else {
        throw .diskLiesThere(name, folder: request.folder ?? "its own folder")
      }
      let (folder, next, rate) = (request.folder, disks.next, request.rate)
      let copies = disks.copiesInOrder.map { copy -> GuestAction in
        switch copy {
        case .layer(disks.active): .mirrorLayer(disks.active, to: folder, rate: rate)
        case .layer(let layer): .copyLayer(layer, to: folder, rate: rate)
        case .memory(let memory): .copyMemory(memory, to: folder, rate: rate)
        }
      }
      return .proceed(
        Plan(
          [.claimFolder(folder, below: next)] + copies
            + [.pivot(to: folder), .define, .clearFolder(disks.folder, below: next)],
          ending: .unchanged, undoesOnFailure: true))
    } catch {
      return .refuse(error)
    }
  }

  func resizePlan(to size: ByteCount, from now: ByteCount) -> Decision<Plan> {
    do throws(Refusal) {
      try requireLayers(for: "resize")
      guard size >= now else { throw .diskWouldShrink(name, from: now, to: size) }
      guard size > now else { return .ignore("the disk of guest \(name) has \(size) already") }
      guard size <= Self.largestDisk else {
        throw .outOfRange(field: "size", value: "\(size)", allowed: "\(Self.largestDisk) at most")
      }
      let told: [GuestAction] = state.hasMachine ? [.growFileSystem] : []
      return .proceed(Plan([.resizeDisk(to: size)] + told, ending: .unchanged))
    } catch {
      return .refuse(error)
    }
  }
}
