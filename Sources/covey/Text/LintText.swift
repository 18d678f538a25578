import CoveyWire

/// What a template's guests share, a finding on a line.
enum LintText {
  static func lines(_ lint: LintView, _ style: Style) -> String {
    guard !lint.findings.isEmpty else { return "nothing is shared\n" }
    return lint.findings.map { finding in
      "\(severity(finding, style)): \(finding.what): \(finding.why); \(finding.mend)\n"
    }.joined()
  }

  private static func severity(_ finding: LintView.FindingView, _ style: Style) -> String {
    switch finding.severity {
    case "error": style.paint(finding.severity, .red)
    case "warning": style.paint(finding.severity, .yellow)
    default: finding.severity
    }
  }
}
