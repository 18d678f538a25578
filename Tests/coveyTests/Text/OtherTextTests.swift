import CoveyWire
import Testing

@testable import covey

struct OtherTextTests {
  @Test func templatesAreListedWithTheirUse() {
    #expect(
      TemplateText.list([Samples.template()], .plain) == """
        NAME      DIGEST        SIZE  CPUS  MEMORY  PORTS  WARM  GUESTS  GROUPS  SUMMARY
        tiny-web  0123456789ab  9MiB     1   64MiB  80     -     1       -       a tiny web server

        """)
    #expect(TemplateText.list([], .plain).contains("covey template build"))
  }

  @Test func aTemplatesInfoHasItsHealthCheckAndFiles() {
    var template = Samples.template()
    template.isNewest = false
    template.health = .init(port: 80, path: "/", within: "60s")
    template.files = [.init(role: "kernel", digest: "sha256:aa", size: 1 << 20)]
    let text = TemplateText.info(template, .plain)
    #expect(text.contains("digest       sha256:0123456789abcdef0123 (there is a newer one)\n"))
    #expect(text.contains("health       GET / on port 80, within 60s\n"))
    #expect(text.contains("file kernel  1MiB, sha256:aa\n"))
  }

  @Test func aWarmTemplateShowsWhatItTakes() {
    var template = Samples.template()
    var set = WarmView(
      id: "w1", cpus: 2, memory: 1 << 30, state: "ready", diskUsed: 92 << 20, memoryUsed: 90 << 20,
      bootTime: 4.2, created: template.created)
    template.warm = [set]
    #expect(TemplateText.list([template], .plain).contains("80     92MiB  1"))
    #expect(
      TemplateText.info(template, .plain).contains(
        "2 CPUs, 1GiB: ready, 92MiB on disk, 90MiB of it memory that forks share; "
          + "each is spared a boot of 4.2s\n"))
    set.state = "refused"
    set.problem = ErrorView(code: "outdated", message: "QEMU 1 -> 2", subject: "", hint: "")
    template.warm = [set]
    #expect(TemplateText.list([template], .plain).contains("80     refused  1"))
    #expect(TemplateText.info(template, .plain).contains("2 CPUs, 1GiB: refused (QEMU 1 -> 2)\n"))
  }

  @Test func theDoctorSaysHowToMend() {
    let missing = DoctorView.ProblemView(
      severity: "error", what: "HAProxy is missing", mend: "sudo apt-get install haproxy")
    let text = DoctorText.report(Samples.doctor(problems: [missing]), .plain)
    #expect(text.contains("accelerator  tcg (a probe guest did not boot under KVM)\n"))
    #expect(text.hasSuffix("error: HAProxy is missing\n  mend: sudo apt-get install haproxy\n"))
    #expect(DoctorText.report(Samples.doctor(), .plain).hasSuffix("no problems found\n"))
  }

  @Test func aHostWithoutADaemonIsReportedWithThatFirst() {
    let error = ErrorView(
      code: "unreachable", message: "no daemon", subject: "/s/coveyd.sock", hint: "start it")
    let view = Doctor.adding(error, to: Samples.doctor())
    #expect(view.problems.map(\.what) == ["no daemon runs: nothing answers on /s/coveyd.sock"])
  }

  @Test func anOutcomeSaysWhenNothingHadToBeDone() {
    var operation = Samples.operation(status: "done", stage: "done")
    #expect(OperationText.outcome(operation) == "stop of guest one: done in 1.2s\n")
    operation.unchanged = true
    operation.stage = "one is stopped already"
    #expect(
      OperationText.outcome(operation)
        == "stop of guest one: nothing to do, one is stopped already\n")
  }

  @Test func anOperationsInfoHasItsError() {
    var operation = Samples.operation(status: "failed", stage: "failed")
    operation.error = ErrorView(code: "no-space", message: "/ is full", subject: "/", hint: "free")
    (operation.step, operation.steps) = (2, 5)
    let text = OperationText.info(operation, .plain)
    #expect(text.contains("error    / is full (no-space)\n"))
    #expect(text.contains("step     2/5\n"))
  }

  @Test func aPlanIsNoDeed() {
    let change = ApplyView.Change(subject: "group web", what: "changed", fields: ["min: 1 -> 2"])
    let plan = ApplyText.changes(ApplyView(dryRun: true, changes: [change]))
    #expect(plan == "group web: would be changed\n  min: 1 -> 2\n")
    let deed = ApplyText.changes(ApplyView(dryRun: false, changes: [change]))
    #expect(deed == "group web: changed\n  min: 1 -> 2\n")
  }
}
