import CoveyWire

/// What an applied document did, or would do.
enum ApplyText {
  static func changes(_ view: ApplyView) -> String {
    guard !view.changes.isEmpty else { return "the document has nothing in it\n" }
    return view.changes.map { change in
      let fields = change.fields.map { "  \($0)\n" }.joined()
      return "\(change.subject): \(view.dryRun ? planned(change.what) : change.what)\n\(fields)"
    }.joined()
  }

  private static func planned(_ what: String) -> String {
    what == "unchanged" ? what : "would be \(what)"
  }
}
