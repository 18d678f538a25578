import Covey
import Support
import Testing

@testable import CoveyHypervisor

/// Random sequences of operations on real disks under real QEMU, each read from outside afterwards. One alone:
/// `COVEY_LAYER_SEED=17 swift test --filter LayerRandomTests`.
struct LayerRandomTests {
  static let shards = 4

  @Test(arguments: 0..<shards)
  func everyStateReadsWhatWasWrittenAfterARandomLife(_ shard: Int) async {
    await #expect(processExitsWith: .success) { [shard = shard as Int] in
      let seeds = LayerSeeds.of(shard: shard, among: LayerRandomTests.shards)
      guard !seeds.isEmpty else { return }
      try await LayerLab.with { lab in
        let whim = Whim()
        let daemon = try lab.daemon(on: lab.stocked()) { await whim.reached($0, $1, in: lab) }
        whim.attach(daemon)
        for seed in seeds {
          LayerLab.allowTime()
          var sequence = LayerSequence(lab, daemon, whim, seed: seed)
          let found: [String]
          do { found = try await sequence.run() } catch { found = ["\(error)"] }
          #expect(
            found.isEmpty,
            "seed \(seed): \(found.joined(separator: "; "))\n\(sequence.history.joined(separator: "\n"))"
          )
        }
        await daemon.end()
      }
    }
  }
}

extension LayerLab {
  /// A store that knows both versions of the template.
  func stocked() -> MemoryStore {
    var inventory = Inventory()
    for version in [template, elder] { inventory.templates[version.digest] = version }
    return MemoryStore(inventory)
  }
}
