import Foundation
import Testing

@testable import Libvirt

/// What happens to the images and the memory of real guests. Each test has its own process
/// (`DiskHost`); one after another, because each of them keeps both processors busy for a while.
@Suite(.serialized) enum EmbeddedDiskTests {
  /// The next news of a long operation on the guest's disk.
  static func next(_ events: inout DomainEvents.Iterator) async -> BlockJobEvent? {
    while let event = await events.next() {
      if case .blockJob(_, let job) = event { return job }
    }
    return nil
  }

  /// What is reported when a backup of the guest's disk ends, once QEMU has let go of its image.
  ///
  /// `.jobCompleted` comes first and is too early: in 23 of 40 backups the image was open still.
  static func backupEnd(_ events: inout DomainEvents.Iterator) async -> JobProgress? {
    var end: JobProgress?
    while let event = await events.next() {
      if case .jobCompleted(_, let values) = event {
        end = JobProgress(type: .completed, raw: values)
      }
      if case .blockJob(_, let job) = event, job.kind == .backup { return end }
    }
    return nil
  }

  /// The code that a call is refused with; nil when it is not.
  static func refusal(_ call: () async throws -> Void) async -> LibvirtError.Code? {
    do {
      try await call()
      return nil
    } catch {
      return (error as? LibvirtError)?.code ?? .unreported
    }
  }
}

extension BlockJobEvent {
  init(_ kind: Kind, _ status: Status) { self.init(disk: "vda", kind: kind, status: status) }
}
