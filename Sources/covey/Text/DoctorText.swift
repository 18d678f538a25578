import CoveyWire

/// The doctor's findings.
enum DoctorText {
  static func report(_ view: DoctorView, _ style: Style) -> String {
    var facts = Facts()
    let settled = view.acceleratorSettled ? "" : ", not settled yet"
    facts.add("accelerator", "\(view.accelerator) (\(view.acceleratorEvidence)\(settled))")
    facts.add("connect", view.connect)
    facts.add("state", view.state)
    facts.add("socket", view.socket)
    let names = view.domain.map { ", names end with .\($0)" } ?? ""
    facts.add("dns", view.dns.map { $0 + names } ?? "not served")
    facts.add("addresses", view.addresses)
    for (program, version) in view.versions.sorted(by: { $0.key < $1.key }) {
      facts.add(program, version)
    }
    return facts.text(style) + "\n" + problems(view.problems, style)
  }

  private static func problems(_ problems: [DoctorView.ProblemView], _ style: Style) -> String {
    guard !problems.isEmpty else { return "no problems found\n" }
    return problems.map { problem in
      let severity = style.paint(problem.severity, problem.severity == "error" ? .red : .yellow)
      let what = problem.what.split(separator: "\n").joined(separator: " ")
      return "\(severity): \(what)\n  mend: \(problem.mend)\n"
    }.joined()
  }
}
