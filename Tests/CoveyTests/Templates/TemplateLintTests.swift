import Covey
import Support
import Testing

struct TemplateLintTests {
  private static let clean = ImageFacts(paths: [.program: ["/usr/lib/covey/identity"]])

  private func template(
    identity: IdentityCarrier? = .channel, balloon: MemoryBalloon = .none
  ) -> Template {
    let sample = Samples.template()
    return Template(
      name: sample.name, digest: sample.digest, summary: "", machine: sample.machine,
      kernelArguments: "", balloon: balloon, identity: identity, ports: [80],
      health: sample.health, files: sample.files, created: sample.created)
  }

  @Test func anImportedTemplateIsNotBlamedForWhatItCannotHave() {
    let sample = Samples.template()
    let imported = Template(
      name: sample.name, digest: sample.digest, summary: "", machine: sample.machine,
      kernelArguments: "", ports: [], health: .none, files: sample.files, firmware: .bios,
      created: sample.created)
    let found = TemplateLint.findings(
      of: imported, in: ImageFacts(obstacle: "it has a partition table"))
    #expect(found.map(\.severity) == [.warning, .note])
    #expect(!found.contains { $0.mend.contains("template.yaml") || $0.mend.contains("ext4") })
  }

  private func findings(
    _ template: Template, _ image: ImageFacts, _ severity: TemplateFinding.Severity
  ) -> [String] {
    TemplateLint.findings(of: template, in: image).filter { $0.severity == severity }.map(\.what)
  }

  @Test func aCleanTemplateHasOnlyWhatNobodyCanMend() {
    let found = TemplateLint.findings(of: template(), in: Self.clean)
    #expect(found.map(\.severity) == [.note, .note, .note])
    #expect(found.contains { $0.what.contains("processes hold in memory") })
    #expect(found.contains { $0.what.contains("boot_id") })
  }

  @Test func forksThatCannotBeToldAreAnError() throws {
    let found = TemplateLint.findings(of: template(identity: nil), in: Self.clean)
    #expect(found.map(\.severity) == [.error])
    let error = try #require(found.first)
    for word in ["hostname", "machine-id", "MAC", "SSH", "clock", "random"] {
      #expect(error.why.contains(word), "\(word)")
    }
    #expect(error.mend.contains("identity: channel"))
  }

  @Test(arguments: [MemoryBalloon.virtio, .reporting])
  func aBalloonIsAnError(_ balloon: MemoryBalloon) {
    let errors = findings(template(balloon: balloon), Self.clean, .error)
    #expect(errors == ["the machine has a memory balloon (\(balloon.rawValue))"])
  }

  @Test func aProgramThatIsMissingIsAnErrorWhereItIsNeeded() {
    let empty = ImageFacts(paths: [:])
    #expect(
      findings(template(), empty, .error) == ["the image has no /usr/lib/covey/identity"])
    #expect(findings(template(identity: .agent), empty, .error).count == 2)
    #expect(
      findings(template(identity: .agent), Self.clean, .error)
        == ["the image has no qemu-guest-agent"])
    let both = ImageFacts(paths: [
      .program: ["/usr/lib/covey/identity"], .agent: ["/usr/sbin/qemu-ga"],
    ])
    #expect(findings(template(identity: .agent), both, .error) == [])
  }

  @Test(arguments: [
    (ImageFacts.Trace.sshHostKey, TemplateFinding.Severity.error),
    (.machineID, .warning), (.randomSeed, .warning), (.lease, .warning),
    (.cloudInstance, .warning), (.hostname, .note),
  ])
  func whatLiesInTheImageIsNamedWithItsPaths(
    _ trace: ImageFacts.Trace, _ severity: TemplateFinding.Severity
  ) throws {
    let image = ImageFacts(paths: [trace: ["/b", "/a"], .program: ["/usr/lib/covey/identity"]])
    let found = TemplateLint.findings(of: template(), in: image)
      .filter { $0.what.hasSuffix(": /a, /b") }
    #expect(found.map(\.severity) == [severity])
  }

  @Test func anImageThatIsClosedIsSaidToBeAndNothingIsConcluded() {
    let closed = ImageFacts(obstacle: "it has a partition table")
    #expect(findings(template(identity: .agent), closed, .error) == [])
    #expect(
      findings(template(), closed, .warning)
        == ["covey cannot look inside the image: it has a partition table"])
  }

  @Test func theWorstComesFirst() {
    let image = ImageFacts(paths: [
      .hostname: ["/etc/hostname"], .lease: ["/l"], .sshHostKey: ["/etc/ssh/k"],
    ])
    let severities = TemplateLint.findings(of: template(), in: image).map(\.severity)
    let order = severities.compactMap(TemplateFinding.Severity.allCases.firstIndex(of:))
    #expect(order == order.sorted())
    #expect(Set(severities) == Set(TemplateFinding.Severity.allCases))
  }

  @Test func everyFindingSaysWhyAndWhatToDo() {
    let everything = ImageFacts(
      paths: Dictionary(uniqueKeysWithValues: ImageFacts.Trace.allCases.map { ($0, ["/x"]) }))
    for template in [template(), template(identity: nil, balloon: .virtio)] {
      for finding in TemplateLint.findings(of: template, in: everything) {
        for words in [finding.what, finding.why, finding.mend] {
          #expect(!words.isEmpty && !words.hasSuffix(".") && !words.contains("\n"), "\(finding)")
        }
      }
    }
  }
}
