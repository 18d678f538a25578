import CoveyWire

/// The demo's last words.
enum DemoText {
  static func summary(_ findings: DemoFindings, listen: String, _ style: Style) -> String {
    var facts = Facts()
    let wrk = findings.wrk
    let time = wrk.map { " in \(Units.span($0.seconds))" } ?? ""
    facts.add("requests", "\(wrk?.requests ?? 0)\(time)")
    facts.add(
      "failed requests",
      "\(wrk?.failures ?? 0) seen by wrk, \(findings.balancerFailures) by the balancer")
    facts.add(
      "largest size", "\(findings.largestSize), of which \(findings.largestServing) serving")
    facts.add("size at the end", findings.isBackToOne ? "1" : "not back to 1")
    facts.add("threshold crossed to new member serving", seconds(findings.crossingToServing))
    facts.add("cold boot", seconds(findings.coldBoot))
    return "\n" + style.paint("Summary", .bold) + "\n" + facts.text(style) + next(listen)
  }

  /// The error of a demo that did not show what it should.
  static func failure(_ missed: [String]) -> ErrorView {
    ErrorView(
      code: "internal", message: "the demo did not show it all: \(missed.joined(separator: "; "))",
      subject: "demo", hint: "read the daemon's log, then: covey doctor")
  }

  private static func next(_ listen: String) -> String {
    """

    What to try next:
      coveyd &                                        a daemon that stays
      covey template build templates/tiny-web
      covey launch one --template tiny-web            a guest of its own
      covey group create web --template tiny-web --listen \(listen)
      covey group watch web                           as it lives
      covey group explain web                         why it is the size it is


    """
  }

  private static func seconds(_ value: Double?) -> String {
    value.map { "\(Units.decimal($0)) s" } ?? "not seen"
  }
}
