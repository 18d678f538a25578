/// A place that breaks a rule of the house, and what to do about it.
struct Finding: Hashable, CustomStringConvertible {
  /// From the top of the repository.
  let file: String
  /// Counted from 1; nil when the whole file or folder is meant.
  let line: Int?
  let rule: String
  let advice: String

  init(_ file: String, line: Int? = nil, _ rule: String, _ advice: String) {
    self.file = file
    self.line = line
    self.rule = rule
    self.advice = advice
  }

  var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): \(rule); \(advice)"
  }
}
