import Covey
import CoveyEngine
import Libvirt

// What the first layer stands on.
extension LibvirtLayers {
  public func flatten(
    _ layer: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    guard let image = layers.image(below: guest) else { return }
    let path = layers.path(layer, of: guest)
    try DiskSpace.require(
      HostFiles.space(of: image), at: path,
      for: "cannot flatten the disk of guest \"\(guest.name)\"", subject: "guest \(guest.name)")
    guard let machine = try await machine(of: guest), machine.chain.contains(path) else {
      try await layers.mendNames(downFrom: layer, of: guest)
      return try await layers.rebase(path, to: nil, copies: true, guest)
    }
    guard machine.chain.first == path else { throw notAsExpected(guest, machine.chain) }
    try await merge(guest, until: { !$0.contains(image) }, report: report) {
      domain throws(LibvirtError) in
      try await domain.pull(GuestMachine.target, above: nil)
    }
    try await flush(guest, machine.domain)
    try await requireWhole(path, with: image, guest)
  }

  public func rebase(_ layer: Int, of guest: Guest, onto digest: String) async throws {
    let path = layers.path(layer, of: guest)
    if let machine = try await machine(of: guest), machine.chain.contains(path) {
      throw notAsExpected(guest, machine.chain)
    }
    // What a try before this one copied stays, and reads the same on what the record says.
    try await layers.mendNames(downFrom: layer, of: guest)
    try await layers.rebase(path, to: layers.sealed(.disk, digest), copies: true, guest)
  }
}
