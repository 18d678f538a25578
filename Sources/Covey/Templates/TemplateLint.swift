/// Says what the guests of a template would share: its forks because they resume from one memory, and all of them because
/// they stand on one image. Pure.
public enum TemplateLint {
  /// The findings, the worst first, in the same order every time.
  public static func findings(of template: Template, in image: ImageFacts) -> [TemplateFinding] {
    let findings =
      telling(template, image) + balloon(template) + shared(template, image)
      + notes(template, image)
    return TemplateFinding.Severity.allCases.flatMap { severity in
      findings.filter { $0.severity == severity }
    }
  }

  /// Whether forks can be told who they are.
  private static func telling(_ template: Template, _ image: ImageFacts) -> [TemplateFinding] {
    if template.identity == nil, template.firmware != nil {
      return [
        TemplateFinding(
          .note, "its guests boot, and are not forked",
          why: "it was imported: nothing in it listens for who a fork is",
          mend: "nothing needs to be done; templates that covey builds can be forked")
      ]
    }
    guard let carrier = template.identity else {
      return [
        TemplateFinding(
          .error, "forks cannot be told who they are",
          why:
            "they would share hostname, machine-id, MAC address, SSH host keys, clock and random numbers, "
            + "and so covey makes none",
          mend:
            "add \"identity: channel\" or \"identity: qemu-guest-agent\" to template.yaml, and build it again"
        )
      ]
    }
    guard image.obstacle == nil else { return [] }
    var findings: [TemplateFinding] = []
    if !image.has(.program) {
      findings.append(
        TemplateFinding(
          .error, "the image has no /usr/lib/covey/identity",
          why: "it is the program by which a guest takes its identity",
          mend: "build the template again with this covey, which adds it"))
    }
    if carrier == .agent, !image.has(.agent) {
      findings.append(
        TemplateFinding(
          .error, "the image has no qemu-guest-agent",
          why: "template.yaml says that forks are told who they are through it",
          mend:
            "add the package qemu-guest-agent, or say \"identity: channel\" and have the guest run "
            + "/usr/lib/covey/identity --serve"))
    }
    return findings
  }

  private static func balloon(_ template: Template) -> [TemplateFinding] {
    guard template.balloon != .none else { return [] }
    return [
      TemplateFinding(
        .error, "the machine has a memory balloon (\(template.balloon.rawValue))",
        why:
          "it punches holes in the memory that forks share, and so the template cannot be made warm",
        mend: "say \"balloon: none\" under machine in template.yaml, and build it again")
    ]
  }

  /// What lies in the image for every guest that boots from it.
  private static func shared(_ template: Template, _ image: ImageFacts) -> [TemplateFinding] {
    if let obstacle = image.obstacle {
      return [
        TemplateFinding(
          .warning, "covey cannot look inside the image: \(obstacle)",
          why:
            "a machine-id, SSH host keys, a random seed, DHCP leases or cloud-init's data in it would be shared",
          mend: template.firmware == nil
            ? "look for them yourself, or build the image as one ext4 file system"
            : template.cloudInit == nil
              ? "cloud images have none; in others look for them yourself"
              : "cloud images have none, and cloud-init makes each guest's own; in others look for them yourself"
        )
      ]
    }
    return traces.compactMap { trace in
      guard let paths = image.paths[trace.kind] else { return nil }
      return TemplateFinding(
        trace.severity, "the image holds \(trace.what): \(paths.joined(separator: ", "))",
        why: trace.why, mend: trace.mend)
    }
  }

  private struct Rule {
    let kind: ImageFacts.Trace
    let severity: TemplateFinding.Severity
    let what: String
    let why: String
    let mend: String
  }

  private static let traces = [
    Rule(
      kind: .sshHostKey, severity: .error, what: "SSH host keys",
      why: "whoever has one guest can pass for all that boot from it",
      mend: "remove them from the image, and make keys at the first boot"),
    Rule(
      kind: .machineID, severity: .warning, what: "a machine-id",
      why: "guests that boot share it; forks get their own",
      mend:
        "leave /etc/machine-id empty, so that it is made at boot, and make /var/lib/dbus/machine-id a link to it"
    ),
    Rule(
      kind: .randomSeed, severity: .warning, what: "a random seed",
      why: "every boot stirs the same bytes into its random numbers",
      mend: "remove it from the image"),
    Rule(
      kind: .lease, severity: .warning, what: "DHCP leases",
      why: "guests ask for the address that the image's machine had",
      mend: "remove them from the image"),
    Rule(
      kind: .cloudInstance, severity: .warning, what: "cloud-init's data of an instance",
      why: "cloud-init may take a guest for that machine, and leave out what it does for a new one",
      mend: "run \"cloud-init clean\" before the image is sealed"),
    Rule(
      kind: .hostname, severity: .note, what: "a hostname",
      why: "guests that boot have it until something tells them their own; forks are told",
      mend: "set it from the kernel argument covey.name, or by cloud-init"),
  ]

  /// What forks share whatever covey does.
  private static func notes(_ template: Template, _ image: ImageFacts) -> [TemplateFinding] {
    guard template.identity != nil, template.balloon == .none else { return [] }
    return [
      TemplateFinding(
        .note, "forks share what the service's processes hold in memory",
        why:
          "generators of random numbers, session secrets, TLS tickets and caches go on from the frozen moment in each",
        mend:
          "have the service make such things for a request, not at its start, or read them from the kernel each time"
      ),
      TemplateFinding(
        .note, "forks share the kernel's boot_id and the machine's product UUID",
        why: "both stand in memory, and nothing can change them in a running machine",
        mend: "tell machines apart by hostname or machine-id"),
      TemplateFinding(
        .note, "programs that read hostname or machine-id at their start keep the template's",
        why: "journald is one: it files its journal under the machine-id that it found",
        mend: "read them when they are needed"),
    ]
  }
}
