/// Finds the word a user probably meant.
///
/// - Returns: the candidate with the fewest single-letter edits, if that is at most a third of its length
///   (at least one edit is always forgiven); nil when nothing is near.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let scored = candidates.map { (word: $0, edits: editDistance(word, $0)) }
  guard let best = scored.min(by: { ($0.edits, $0.word) < ($1.edits, $1.word) }) else { return nil }
  return best.edits <= max(1, best.word.count / 3) ? best.word : nil
}

/// Levenshtein's distance, by rows.
private func editDistance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left), Array(right))
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let changed = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
