/// Measures several sides by turns, so that what changes on the machine meets all of them alike.
struct Rounds: Sendable {
  /// How many misses of a side are enough to leave it out from then on.
  static let enoughMisses = 3

  let count: Int
  /// How often a round that others disturbed is tried again before it counts all the same.
  let repeats: Int
  let quiet: Quiet
  let progress: Progress

  /// One warm-up round that does not count, and then the rounds, each side once in each.
  ///
  /// - Parameter title: for the lines of progress.
  func run(_ title: String, _ sides: [any Side]) async throws -> RoundsResult {
    var result = RoundsResult()
    for round in 0...count {
      let order = Self.order(of: sides.count, in: round).map { sides[$0] }
        .filter { result.misses[$0.kind, default: 0] < Self.enoughMisses }
      for attempt in 0...repeats {
        let times = try await one(order, &result.misses)
        let isDisturbed = times.contains { $0.foreign > Quiet.allowed }
        let words = times.map { "\($0.kind.rawValue) \(Int($0.milliseconds))" }
        let load = times.map(\.foreign).max() ?? 0
        let name = round == 0 ? "warm-up" : "round \(round)/\(count)"
        progress.say(
          "\(title) \(name): \(words.joined(separator: ", ")) ms; others' load "
            + Figures.short(load) + (isDisturbed ? ", disturbed" : ""))
        if isDisturbed, attempt < repeats {
          result.repeated += 1
          continue
        }
        if round > 0 { result.samples += times }
        break
      }
    }
    return result
  }

  /// Forwards, backwards, backwards, forwards: ABBA. Pure.
  static func order(of count: Int, in round: Int) -> [Int] {
    let forwards = Array(0..<count)
    return [0, 3].contains(round % 4) ? forwards : forwards.reversed()
  }

  private func one(_ sides: [any Side], _ misses: inout [SideKind: Int]) async throws
    -> [StartSample]
  {
    var samples: [StartSample] = []
    for side in sides {
      do {
        samples.append(try await sample(side))
      } catch let error where !Task.isCancelled {
        misses[side.kind, default: 0] += 1
        progress.say("\(side.kind.rawValue) missed: \(error)")
      }
      try await side.end()
    }
    return samples
  }

  private func sample(_ side: any Side) async throws -> StartSample {
    try await side.prepare()
    try await quiet.wait()
    let before = HostLoad.now()
    let start = try await side.start()
    let span = start.span
    // Processor time is counted in ticks: a short start needs company for its load to be told.
    if span < .milliseconds(500) { try await Task.sleep(for: .milliseconds(500) - span) }
    return StartSample(
      kind: side.kind, milliseconds: span.milliseconds,
      foreign: HostLoad.now().foreign(since: before), steps: start.steps)
  }
}

/// One start, from the call to the first page.
struct StartSample: Sendable {
  let kind: SideKind
  let milliseconds: Double
  /// Processors that others kept busy meanwhile.
  let foreign: Double
  var steps: [Step] = []
}

struct RoundsResult: Sendable {
  var samples: [StartSample] = []
  /// Rounds that were thrown away because others disturbed them.
  var repeated = 0
  /// Starts that failed, the warm-up's included.
  var misses: [SideKind: Int] = [:]
}
