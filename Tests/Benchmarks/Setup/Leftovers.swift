import CoveyWire

/// What a trial that failed half-way left for the next one to stumble over.
enum Leftovers {
  /// Removes all groups and guests, and all machines of the harness's libvirtd.
  static func clear(_ daemon: CoveyDaemon) async throws {
    let groups: ListView<GroupView> = try await daemon.client.get(Routes.groups)
    for group in groups.items {
      try await daemon.covey("group delete \(group.name) --timeout 240s")
    }
    let guests: ListView<GuestView> = try await daemon.client.get(Routes.guests)
    for guest in guests.items {
      try await daemon.covey("delete --force \(guest.name) --timeout 240s")
    }
    try await clearMachines()
  }

  static func clearMachines() async throws {
    for name in try await names(["list", "--name"]) { try await Libvirtd.virsh(["destroy", name]) }
    for name in try await names(["list", "--all", "--name"]) {
      try await Libvirtd.virsh(["undefine", "--managed-save", name])
    }
  }

  private static func names(_ words: [String]) async throws -> [String] {
    try await Libvirtd.virsh(words).split(separator: "\n").map(String.init)
  }
}
