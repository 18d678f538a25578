import Covey

/// Values to store: as full as they can be, so that every field has to survive.
enum Samples {
  static func template(_ digest: String = "ab12") throws -> Template {
    Template(
      name: try Name("tiny-web"), digest: digest, summary: "a \"web\" page\nin two lines",
      machine: try MachineSize(cpus: 1, memory: .mebibytes(64)), kernelArguments: "quiet",
      ports: [80], health: HealthCheck(port: 80, path: "/", within: .milliseconds(1500)),
      files: [SealedFile(role: .disk, digest: "cd34", size: .mebibytes(12))],
      created: Timestamp(milliseconds: 1_700_000_000_123))
  }

  static func guest(_ name: String = "web-1") throws -> Guest {
    var guest = Guest(
      name: try Name(name), uuid: "0f9c1c5e-6a8e-4d8f-9d34-0c5a6ef20a11", template: try template(),
      group: try Name("web"), machine: try MachineSize(cpus: 2, memory: .mebibytes(128)),
      disk: .ephemeral, address: IPv4Address(number: 0x7F4D_0002),
      ports: [PortMapping(guest: 80, host: 10_080)],
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)),
      created: Timestamp(milliseconds: 1_700_000_000_456))
    guest.state = .failed
    guest.reason = "it never answered"
    guest.startedAt = Timestamp(milliseconds: 1_700_000_001_000)
    return guest
  }

  static func group(_ name: String = "web") throws -> Group {
    let policy = try ThresholdPolicy(
      cpuAbove: 70.5, cpuBelow: 25, hold: .seconds(5), cooldown: .seconds(10))
    var group = Group(
      name: try Name(name),
      spec: try GroupSpec(
        template: try Name("tiny-web"), min: 1, max: 4, surge: 1, port: 80,
        listen: try Endpoint("127.0.0.1:8080"), traffic: try Traffic(), cpus: nil,
        memory: .mebibytes(96),
        disk: .ephemeral, policy: policy, interval: .milliseconds(500), drainWithin: .seconds(30),
        readyWithin: nil), created: Timestamp(milliseconds: 5))
    group.brake.launchFailed(
      Problem(.noSpace, subject: "guest web-2", "the disk is full", hint: "free space"),
      at: Timestamp(milliseconds: 9))
    return group
  }

  static func balancer(_ name: String = "front") throws -> MovingAddress {
    MovingAddress(
      name: try Name(name), address: try NetworkAddress("10.77.0.100/24"), router: 7,
      seats: [try Seat("lb-a:eth0:10.77.0.1"), try Seat("lb-b:eth0:10.77.0.2")],
      created: Timestamp(milliseconds: 8))
  }

  static func operation(_ id: String = "0001") throws -> Operation {
    var operation = Operation(
      id: id, verb: "launch", guest: try Name("web-1"), group: try Name("web"),
      plan: Plan(
        [.createDisk, .awaitHealth(within: .milliseconds(2500)), .enterBalancer],
        ending: .becomes(.serving), undoesOnFailure: true), began: Timestamp(milliseconds: 7))
    operation.cursor = 1
    operation.status = .undoing
    operation.problem = Problem(.deadline, "too late", hint: "look at: covey logs web-1")
    return operation
  }

  static func event(_ revision: Int) throws -> LoggedEvent {
    LoggedEvent(
      revision: revision, at: Timestamp(milliseconds: Int64(revision) * 10),
      event: .desiredChanged(try Name("web"), to: revision, why: "mean CPU 90 % is over 70 %"))
  }

  static func events(_ revisions: ClosedRange<Int>) throws -> [LoggedEvent] {
    try revisions.map(event)
  }

  static func round(_ number: Int) throws -> ScalingRound {
    ScalingRound(
      at: Timestamp(milliseconds: Int64(number)), cpu: [try Name("web-1"): 93.25],
      meanCPU: 93.25, serving: 1, size: 2, desired: 1, requestRate: nil,
      verdict: Verdict(.grow, .aboveThreshold, "mean CPU 93 % is over 70 % for 5s"))
  }
}
