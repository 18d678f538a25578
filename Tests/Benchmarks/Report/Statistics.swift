/// Figures of samples. Pure.
enum Statistics {
  /// The middle value, or the mean of the two middle ones; NaN for none.
  static func median(_ samples: [Double]) -> Double {
    let sorted = samples.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The smallest sample that this share of all samples does not exceed (nearest rank); NaN for none.
  ///
  /// - Parameter share: over 0 and at most 1.
  static func percentile(_ share: Double, of samples: [Double]) -> Double {
    let sorted = samples.sorted()
    guard !sorted.isEmpty else { return .nan }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// The ratio of two medians, with the interval that holds it in 95 % of 2,000 resamplings.
  ///
  /// The resampling is seeded, so that the same samples give the same interval.
  static func ratio(_ top: [Double], _ bottom: [Double]) -> Ratio {
    let value = median(top) / median(bottom)
    guard top.count > 1, bottom.count > 1 else {
      return Ratio(value: value, low: value, high: value)
    }
    var numbers = SeededNumbers(seed: 1)
    let drawn = (0..<2000).map { _ in
      median(numbers.resample(top)) / median(numbers.resample(bottom))
    }
    return Ratio(
      value: value, low: percentile(0.025, of: drawn), high: percentile(0.975, of: drawn))
  }
}

/// A ratio and the interval it lies in.
struct Ratio: Hashable, Sendable {
  let value: Double
  let low: Double
  let high: Double
}

/// The same numbers each time: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// As many samples, drawn with putting back.
  mutating func resample(_ samples: [Double]) -> [Double] {
    samples.map { _ in samples[Int.random(in: samples.indices, using: &self)] }
  }
}
