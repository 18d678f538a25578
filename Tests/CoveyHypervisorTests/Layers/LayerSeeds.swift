@testable import CoveyHypervisor

/// Which random sequences are run: all of them, or the one that the environment names.
enum LayerSeeds {
  static let variable = "COVEY_LAYER_SEED"
  static let all = 0..<208

  static func of(shard: Int, among shards: Int) -> [Int] {
    if let one = HostFiles.environment(variable).flatMap({ Int($0) }) {
      return shard == 0 ? [one] : []
    }
    return all.filter { $0 % shards == shard }
  }
}
