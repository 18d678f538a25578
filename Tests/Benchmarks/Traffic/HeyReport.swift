/// What the load generator `hey` says in the end. Pure.
struct HeyReport: Hashable, Sendable {
  /// Answers with status 200.
  var answered = 0
  /// Answers with another status, and requests without one.
  var failed = 0

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      // "  [200]\t1823 responses", and among the errors "  [12]\tGet ...".
      let parts = line.split { $0 == " " || $0 == "\t" }
      guard let first = parts.first, first.hasPrefix("["), first.hasSuffix("]"),
        let number = Int(first.dropFirst().dropLast())
      else { continue }
      guard parts.count == 3, parts[2] == "responses", let count = Int(parts[1]) else {
        failed += number
        continue
      }
      if number == 200 { answered += count } else { failed += count }
    }
  }
}
