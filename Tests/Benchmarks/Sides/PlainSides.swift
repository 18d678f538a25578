/// `virsh start` of a machine that is defined and off, on a fresh overlay of the same image.
struct ColdStart: Side {
  let machines: PlainMachines
  let kind = SideKind.cold
  private let name = PlainMachines.cold[0]

  init(_ machines: PlainMachines) { self.machines = machines }

  func prepare() async throws { try await machines.makeOverlay(name) }

  func start() async throws -> Start {
    try await Clock.time {
      try await Libvirtd.virsh(["start", name])
    } until: {
      try await machines.firstPage(of: name)
    }
  }

  func end() async throws { try await machines.destroy(name) }
}

/// `virt-clone`, which copies the whole disk, and `virsh start` of the copy.
struct CloneStart: Side {
  let machines: PlainMachines
  let kind = SideKind.clone
  private let name = PlainMachines.copy

  init(_ machines: PlainMachines) { self.machines = machines }

  func prepare() async throws {}

  func start() async throws -> Start {
    try await Clock.time {
      try await Tool.run([
        "virt-clone", "--connect", "qemu:///system", "--original", PlainMachines.original, "--name",
        name, "--file", machines.disk(name),
      ])
      try await Libvirtd.virsh(["start", name])
    } until: {
      try await machines.firstPage(of: name)
    }
  }

  func end() async throws {
    try await machines.destroy(name)
    let known = try await Libvirtd.virsh(["list", "--all", "--name"]).split(separator: "\n")
    if known.contains(Substring(name)) { try await Libvirtd.virsh(["undefine", name]) }
    try await Tool.run(["rm", "-f", machines.disk(name)])
  }
}

/// `virsh restore` of a machine that was saved once while it served.
struct RestoreStart: Side {
  let machines: PlainMachines
  let kind = SideKind.restore
  private static let name = PlainMachines.saved

  /// Boots the machine, lets it serve and saves it.
  static func make(_ machines: PlainMachines) async throws -> RestoreStart {
    try await Libvirtd.virsh(["start", name])
    _ = try await machines.firstPage(of: name)
    // As long as covey lets a template come to rest.
    try await Quiet(forOthers: .zero).wait()
    try await Libvirtd.virsh(["save", name, machines.savedState])
    try await Tool.run([
      "cp", "--sparse=always", machines.disk(name), machines.savedState + ".disk",
    ])
    return RestoreStart(machines: machines)
  }

  private init(machines: PlainMachines) { self.machines = machines }

  /// The disk as it was when the machine was saved: its memory refers to it.
  func prepare() async throws {
    try await Tool.run([
      "cp", "--sparse=always", machines.savedState + ".disk", machines.disk(Self.name),
    ])
  }

  func start() async throws -> Start {
    try await Clock.time {
      try await Libvirtd.virsh(["restore", machines.savedState])
    } until: {
      try await machines.firstPage(of: Self.name)
    }
  }

  func end() async throws { try await machines.destroy(Self.name) }
}
