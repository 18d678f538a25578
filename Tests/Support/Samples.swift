import Covey

/// Values for tests, complete and unremarkable.
public enum Samples {
  public static func name(_ text: String) -> Name {
    do { return try Name(text) } catch { preconditionFailure("not a name: \(text)") }
  }

  public static func template(
    _ text: String = "tiny-web", digest: String = "d1", at: Int64 = 1, ports: [Int] = [80],
    reportPort: Int? = nil
  ) -> Template {
    Template(
      name: name(text), digest: digest, summary: "a web server",
      machine: machine(), kernelArguments: "console=ttyS0", identity: .channel, ports: ports,
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)), reportPort: reportPort,
      files: [SealedFile(role: .disk, digest: "f1", size: .mebibytes(10))],
      created: Timestamp(milliseconds: at))
  }

  public static func warmSet(
    _ id: String = "w1", template: Template = template(), machine: MachineSize = machine(),
    created: Timestamp = .zero
  ) -> WarmSet {
    WarmSet(
      id: id, template: template.name, templateDigest: template.digest, machine: machine,
      fingerprint: Fingerprint(
        qemu: "7.2.22", machine: "pc-i440fx-7.2", cpu: "maximum", accelerator: .tcg,
        devices: "f0", image: template.digest),
      files: [WarmFile(role: .memory, digest: "m1", size: machine.memory)],
      bootTime: .seconds(5), created: created)
  }

  public static func machine(cpus: Int = 1, memory: ByteCount = .mebibytes(128)) -> MachineSize {
    do { return try MachineSize(cpus: cpus, memory: memory) } catch {
      preconditionFailure("not a machine: \(error)")
    }
  }

  public static func guest(
    _ text: String = "db", group: String? = nil, disk: DiskMode = .persistent,
    state: GuestState = .running, lastByte: UInt32 = 2
  ) -> Guest {
    var guest = Guest(
      name: name(text), uuid: "uuid-\(text)", template: template(), group: group.map(name),
      machine: machine(), disk: disk,
      address: IPv4Address(number: UInt32(127) << 24 | UInt32(77) << 16 | lastByte),
      ports: [PortMapping(guest: 80, host: 80)],
      health: HealthCheck(port: 80, path: "/", within: .seconds(60)), created: .zero)
    guest.state = state
    return guest
  }

  public static func policy(
    above: Double = 60, below: Double = 20, hold: Duration = .seconds(5),
    cooldown: Duration = .seconds(10)
  ) -> ThresholdPolicy {
    do {
      return try ThresholdPolicy(
        cpuAbove: above, cpuBelow: below, hold: hold, cooldown: cooldown)
    } catch { preconditionFailure("not a policy: \(error)") }
  }

  /// 127.0.0.1:8080.
  public static let endpoint = Endpoint(address: IPv4Address(number: 2_130_706_433), port: 8080)

  public static let domain: HostName = {
    do { return try HostName("covey") } catch { preconditionFailure("not a domain: \(error)") }
  }()

  public static func settings(min: Int = 1, max: Int = 4, surge: Int = 0) -> GroupSettings {
    var settings = GroupSettings()
    settings.template = name("tiny-web")
    settings.min = min
    settings.max = max
    settings.surge = surge
    settings.cpuAbove = 60
    settings.cpuBelow = 20
    settings.listen = endpoint
    return settings
  }

  public static func spec(
    min: Int = 1, max: Int = 4, surge: Int = 0, disk: DiskMode = .ephemeral
  ) -> GroupSpec {
    var settings = settings(min: min, max: max, surge: surge)
    settings.disk = disk
    do { return try settings.spec(defaultPort: 80) } catch {
      preconditionFailure("not a specification: \(error)")
    }
  }

  public static func group(
    _ text: String = "web", min: Int = 1, max: Int = 4, surge: Int = 0,
    disk: DiskMode = .ephemeral, desired: Int? = nil
  ) -> Group {
    var group = Group(
      name: name(text), spec: spec(min: min, max: max, surge: surge, disk: disk), created: .zero)
    group.desired = desired ?? min
    return group
  }

  /// The usual plan of an update, with what is given.
  public static func rollout(
    surge: Int = 1, unavailable: Int = 0, canary: Int = 1, bake: Duration = .seconds(30),
    rollsBack: Bool = true
  ) -> RolloutPlan {
    do {
      return try RolloutPlan(
        surge: surge, unavailable: unavailable, canary: canary, bake: bake, rollsBack: rollsBack)
    } catch { preconditionFailure("not a plan: \(error)") }
  }

  /// An inventory with the sample template and what is given.
  public static func inventory(guests: [Guest] = [], groups: [Group] = []) -> Inventory {
    var inventory = Inventory()
    inventory.templates["d1"] = template()
    for guest in guests { inventory.guests[guest.name] = guest }
    for group in groups { inventory.groups[group.name] = group }
    return inventory
  }

  public static func facts(uuid: String = "u1", at now: Timestamp = .zero) -> LaunchFacts {
    LaunchFacts(uuid: uuid, pool: .standard(block: 0), lowestBindablePort: 0, now: now)
  }
}
