import Covey
import CoveyEngine
import Logging
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

@Suite(.serialized) struct LayerCopyTests {
  /// Whoever doubts a copy later can look its digest up.
  @Test func theDigestOfACopiedLayerIsLogged() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let name = Samples.name("out")
        let daemon = try lab.daemon(on: lab.stocked()) { _, _ in }
        _ = try await daemon.launch(name)
        try await daemon.ask(.stop(within: .zero, force: true), of: name)
        let (guest, heard) = (try await daemon.guest(name), Heard())
        let layers = LibvirtLayers(
          hypervisor: lab.hypervisor, files: lab.files, state: "\(lab.root)/g",
          sealed: { _, _ in "/none" }, time: lab.time,
          logger: Logger(label: "test") { _ in HeardLog(heard: heard) })
        let file = lab.layers.layers.path(guest.disks.active, of: guest)
        let digest = try await FileDigest.of(file)
        try await layers.claim("\(lab.root)/p/out", for: guest)
        try await layers.copy(
          guest.disks.active, of: guest, to: "\(lab.root)/p/out", rate: nil, report: { _ in })
        let logged = heard.events.withLock { $0.compactMap { $0["sha256"]?.description } }
        #expect(logged == [digest])
        await daemon.end()
      }
    }
  }
}

/// What was logged, by its metadata.
private final class Heard: Sendable {
  let events = Mutex<[Logger.Metadata]>([])
}

private struct HeardLog: LogHandler {
  let heard: Heard
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  func log(event: LogEvent) {
    heard.events.withLock { $0.append(event.metadata ?? [:]) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
}
