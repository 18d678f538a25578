import Covey
import CoveyEngine
import Testing

@testable import CoveyHypervisor

struct MirrorThrottleTests {
  private func work(left: Int64) -> WorkDone {
    WorkDone(done: .mebibytes(100), total: .mebibytes(100 + left))
  }

  @Test func aMirrorThatComesNearerKeepsItsRate() {
    var throttle = MirrorThrottle(rate: .mebibytes(10), began: .zero)
    for second in 0..<100 {
      let now = Timestamp.zero + .seconds(second)
      #expect(throttle.raised(seeing: work(left: 200 - Int64(second)), at: now) == nil)
    }
  }

  /// The guest writes as fast as the mirror copies: it would never end.
  @Test func aMirrorThatComesNoNearerIsAllowedMoreAndMore() {
    var throttle = MirrorThrottle(rate: .mebibytes(10), began: .zero)
    let raised = (1...25).compactMap { second in
      throttle.raised(seeing: work(left: 50), at: .zero + .seconds(second))
    }
    #expect(raised == [.mebibytes(20), .mebibytes(40)])
  }
}
