/// The part of a document that a program writes, between two marks; all else is written by hand. Pure.
enum MarkedPart {
  static let begin = "<!-- measured: from here to the end mark, make bench writes -->"
  static let end = "<!-- end of measured -->"

  /// - Returns: the document with the part replaced; nil when it lacks the marks.
  static func replace(in document: String, with part: String) -> String? {
    guard let begin = document.firstRange(of: begin), let end = document.firstRange(of: end),
      begin.upperBound <= end.lowerBound
    else { return nil }
    return document[..<begin.upperBound] + "\n\n" + part + "\n" + document[end.lowerBound...]
  }
}
