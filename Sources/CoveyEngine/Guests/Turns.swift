import Covey

/// Lets one plan at a time touch a guest; the next one begins when the one before it has really ended.
actor Turns {
  private var taken: Set<Name> = []
  private var waiting: [Name: [CheckedContinuation<Void, Never>]] = [:]

  func take(_ guest: Name) async {
    if taken.insert(guest).inserted { return }
    await withCheckedContinuation { waiting[guest, default: []].append($0) }
  }

  func give(_ guest: Name) {
    guard var queue = waiting[guest], !queue.isEmpty else {
      taken.remove(guest)
      return
    }
    let next = queue.removeFirst()
    waiting[guest] = queue
    next.resume()
  }
}
