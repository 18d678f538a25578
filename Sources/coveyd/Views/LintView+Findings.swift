import Covey
import CoveyWire

extension LintView {
  init(_ findings: [TemplateFinding], of template: Template) {
    self.init(
      template: template.name.text, digest: template.digest,
      findings: findings.map {
        FindingView(severity: $0.severity.rawValue, what: $0.what, why: $0.why, mend: $0.mend)
      })
  }
}
