import Covey
import Support
import Testing

struct ThresholdPolicyTests {
  let policy = Samples.policy(above: 60, below: 20, hold: .seconds(5), cooldown: .seconds(10))

  @Test func growsOnlyAfterTheMeanStayedOverTheThresholdForTheSetTime() {
    var memory = ScalingMemory()
    let rules = (0...6).map { second in
      look(cpu: 90, serving: 1, second: second, &memory).rule
    }
    #expect(rules == Array(repeating: .waiting, count: 5) + [.aboveThreshold, .aboveThreshold])
  }

  @Test func oneLookUnderTheThresholdStartsTheClockAnew() {
    var memory = ScalingMemory()
    _ = look(cpu: 90, serving: 1, second: 0, &memory)
    _ = look(cpu: 50, serving: 1, second: 3, &memory)
    #expect(look(cpu: 90, serving: 1, second: 6, &memory).move == .stay)
    #expect(look(cpu: 90, serving: 1, second: 11, &memory).move == .grow)
  }

  @Test func shrinksUnderTheLowerThreshold() {
    var memory = ScalingMemory()
    _ = look(cpu: 5, serving: 3, second: 0, &memory)
    #expect(look(cpu: 5, serving: 3, second: 5, &memory).move == .shrink)
  }

  @Test func neverLeavesItsBounds() {
    var memory = ScalingMemory()
    _ = look(cpu: 99, serving: 4, second: 0, &memory)
    #expect(look(cpu: 99, serving: 4, second: 9, &memory).rule == .atMax)
    _ = look(cpu: 1, serving: 1, second: 20, &memory)
    #expect(look(cpu: 1, serving: 1, second: 29, &memory).rule == .atMin)
  }

  @Test func doesNotShrinkWhatTheRestCouldNotCarry() throws {
    let tight = try ThresholdPolicy(
      cpuAbove: 40, cpuBelow: 30, hold: .zero, cooldown: .zero)
    var memory = ScalingMemory()
    let seen = observation(cpu: 25, serving: 2)
    let verdict = tight.decide(seen, memory, at: .zero).verdict
    memory.belowSince = .zero
    #expect(verdict.rule == .wouldOverload)
  }

  @Test func waitsWhileTheLastChangeSettlesButKeepsItsClock() {
    var memory = ScalingMemory()
    for second in 0...5 {
      #expect(
        look(cpu: 90, serving: 1, second: second, isSettling: true, &memory).rule == .settling)
    }
    #expect(look(cpu: 90, serving: 2, second: 6, &memory).move == .grow)
  }

  @Test func waitsForTheCooldown() {
    var memory = ScalingMemory()
    memory.settledAt = .zero
    #expect(look(cpu: 90, serving: 1, second: 9, &memory).rule == .cooldown)
    #expect(look(cpu: 90, serving: 1, second: 14, &memory).move == .grow)
  }

  @Test func aPausedGroupOnlyWatches() {
    var memory = ScalingMemory()
    let seen = observation(cpu: 90, serving: 1, isPaused: true)
    let (verdict, next) = policy.decide(seen, memory, at: .zero)
    memory = next
    #expect(verdict.rule == .paused && memory.aboveSince == .zero)
  }

  @Test func failingLaunchesHoldGrowthBack() {
    var memory = ScalingMemory()
    memory.aboveSince = .zero
    let seen = observation(cpu: 90, serving: 1, brake: "3 launches failed in a row")
    #expect(policy.decide(seen, memory, at: at(60)).verdict.rule == .launchesFail)
  }

  @Test func aGroupWhoseLaunchesFailMayStillShrink() {
    var memory = ScalingMemory()
    memory.belowSince = .zero
    let seen = observation(
      cpu: 1, serving: 2, isSettling: true, brake: "3 launches failed in a row")
    #expect(policy.decide(seen, memory, at: at(60)).verdict.move == .shrink)
  }

  @Test func nothingMeasuredMeansNothingDecided() {
    var memory = ScalingMemory()
    memory.aboveSince = .zero
    let (verdict, next) = policy.decide(observation(cpu: nil, serving: 0), memory, at: at(60))
    #expect(verdict.rule == .unmeasured && next.aboveSince == nil)
  }

  @Test func thresholdsThatCrossAreRefused() {
    #expect(throws: Refusal.thresholdsCross(above: 30, below: 40)) {
      try ThresholdPolicy(cpuAbove: 30, cpuBelow: 40, hold: .zero, cooldown: .zero)
    }
  }

  @Test func thresholdsThatWouldOscillateAreRefused() throws {
    let close = try ThresholdPolicy(cpuAbove: 60, cpuBelow: 40, hold: .zero, cooldown: .zero)
    #expect(throws: Refusal.thresholdsOscillate(above: 60, below: 40, from: 1, falls: 30)) {
      try close.checkStability(min: 1, max: 4)
    }
    // From three members one more leaves 45 % each: that is over 40 %, so these bounds are sound.
    try close.checkStability(min: 3, max: 4)
    // A group that cannot grow cannot oscillate.
    try close.checkStability(min: 1, max: 1)
  }

  /// With thresholds that pass the stability check, steady load never makes a group swing back and forth.
  @Test(arguments: (1...300).map { UInt64($0) })
  func steadyLoadNeverOscillates(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let above = Double.random(in: 10...100, using: &random)
    let below = Double.random(in: 0..<above, using: &random)
    let max = Int.random(in: 2...10, using: &random)
    let policy = try ThresholdPolicy(
      cpuAbove: above, cpuBelow: below, hold: .seconds(2), cooldown: .seconds(3))
    guard (try? policy.checkStability(min: 1, max: max)) != nil else { return }
    let load = Double.random(in: 0...Double(max) * 100, using: &random)
    var (size, memory, turns, last) = (1, ScalingMemory(), 0, Verdict.Move.stay)
    for second in 0..<300 {
      let cpu = min(100, load / Double(size))
      let seen = Observation(
        cpu: [Samples.name("web-1"): cpu], requestRate: nil, serving: size, size: size,
        desired: size, min: 1, max: max, isSettling: false, isPaused: false, launchBrake: nil)
      let (verdict, next) = policy.decide(seen, memory, at: at(second))
      memory = next
      guard verdict.move != .stay else { continue }
      if last != .stay, last != verdict.move { turns += 1 }
      last = verdict.move
      size += verdict.move == .grow ? 1 : -1
      (memory.aboveSince, memory.belowSince, memory.settledAt) = (nil, nil, at(second))
    }
    #expect(turns == 0, "seed \(seed): \(turns) reversals at load \(load)")
  }

  private func look(
    cpu: Double, serving: Int, second: Int, isSettling: Bool = false, _ memory: inout ScalingMemory
  ) -> Verdict {
    let seen = observation(cpu: cpu, serving: serving, isSettling: isSettling)
    let (verdict, next) = policy.decide(seen, memory, at: at(second))
    memory = next
    return verdict
  }

  private func observation(
    cpu: Double?, serving: Int, isSettling: Bool = false, isPaused: Bool = false,
    brake: String? = nil
  ) -> Observation {
    Observation(
      cpu: cpu.map { [Samples.name("web-1"): $0] } ?? [:], requestRate: nil, serving: serving,
      size: serving, desired: serving, min: 1, max: 4, isSettling: isSettling,
      isPaused: isPaused, launchBrake: brake)
  }

  private func at(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }
}
