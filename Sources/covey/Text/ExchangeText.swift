import CoveyWire

/// What came of exports and imports, as sentences.
enum ExchangeText {
  static func exported(_ done: OperationView) -> String {
    "\(done.subject) is in \(done.result?.path ?? "the file") after \(Units.span(done.elapsed))\n"
      + digest(done)
  }

  static func imported(_ done: OperationView) -> String {
    "\(done.subject) is here after \(Units.span(done.elapsed))\n" + digest(done)
  }

  static func sealed(_ name: String, _ done: OperationView) -> String {
    "template \(name) is sealed after \(Units.span(done.elapsed))\n" + digest(done)
      + "see what its guests would share: covey template lint \(name)\n"
  }

  private static func digest(_ done: OperationView) -> String {
    done.result?.digest.map { "digest \($0)\n" } ?? ""
  }
}
