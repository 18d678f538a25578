import CoveyWire

/// Values as the daemon would send them.
enum Samples {
  static let began = "2026-11-22T12:00:00.000Z"

  static func guest(
    _ name: String = "one", state: String = "running", group: String? = nil,
    operation: String? = nil, reason: String? = nil, disk: String = "ephemeral"
  ) -> GuestView {
    var guest = GuestView(
      name: name, state: state, template: "tiny-web", templateDigest: "sha256:0123456789abcdef",
      group: group, address: "127.77.0.2",
      ports: [PortView(guest: 80, host: 10080, note: "port 80 is for root only")],
      disk: disk, uuid: "0f9e", start: "boot", cpus: 1, memory: 128 << 20, created: began)
    guest.operation = operation
    guest.reason = reason
    return guest
  }

  static func group(
    _ name: String = "web", state: String = "steady", size: Int = 1, desired: Int = 1,
    serving: Int = 1, settled: Bool? = nil
  ) -> GroupView {
    GroupView(
      name: name, template: "tiny-web", min: 1, max: 4, surge: 0, size: size, desired: desired,
      serving: serving, state: state,
      settled: settled ?? (size == desired && serving == desired), port: 80,
      listen: "127.0.0.1:8080", disk: "ephemeral", cpuAbove: 40, cpuBelow: 15, for: "2s",
      cooldown: "3s", interval: "1s", drainWithin: "30s", created: began)
  }

  static func member(_ name: String, state: String = "serving", cpu: Double? = nil) -> MemberView {
    var member = MemberView(name: name, state: state, address: "127.77.0.2")
    member.cpuPercent = cpu
    return member
  }

  static func template() -> TemplateView {
    TemplateView(
      name: "tiny-web", digest: "sha256:0123456789abcdef0123", summary: "a tiny web server",
      cpus: 1, memory: 64 << 20, size: 9 << 20, ports: [80], created: began, isNewest: true,
      guests: ["one"], groups: [])
  }

  static func operation(
    _ verb: String = "stop", _ subject: String = "guest one", status: String = "running",
    stage: String = "powering off", revision: Int = 1
  ) -> OperationView {
    OperationView(
      id: "op1", verb: verb, subject: subject, status: status, stage: stage, began: began,
      elapsed: 1.2, revision: revision)
  }

  /// A round `second` seconds after twelve.
  static func round(
    _ second: Int, cpu: Double, move: String = "stay", rule: String = "within", desired: Int = 1,
    reason: String = "mean CPU is between the thresholds"
  ) -> RoundView {
    let clock = second < 10 ? "0\(second)" : "\(second)"
    return RoundView(
      at: "2026-11-22T12:00:\(clock).000Z", cpu: ["web-1": cpu], meanCPU: cpu, requestRate: 9.5,
      serving: 1, size: 1, desired: desired, move: move, rule: rule, reason: reason)
  }

  static func event(_ revision: Int, _ message: String, subject: String = "guest web-2")
    -> EventView
  {
    EventView(
      revision: revision, at: began, kind: "guestReady", subject: subject, group: "web",
      message: message)
  }

  static func doctor(problems: [DoctorView.ProblemView] = []) -> DoctorView {
    DoctorView(
      accelerator: "tcg", acceleratorEvidence: "a probe guest did not boot under KVM",
      acceleratorSettled: true, connect: "qemu:///embed?root=/s/libvirt", state: "/s",
      socket: "/s/coveyd.sock", dns: nil, addresses: "127.77.0.2 to 127.77.255.254",
      versions: ["covey": "0.1.0", "qemu": "7.2"], problems: problems)
  }
}
