import Covey
import CoveyEngine
import Libvirt
import LibvirtXML

extension LibvirtLayers {
  public func space(at folder: String) async -> PlaceSpace? {
    // Where it is gone, the nearest folder above would answer for another file system.
    guard HostFiles.areSame(folder, folder) else { return nil }
    return DiskSpace(at: folder).map { PlaceSpace(capacity: $0.capacity, free: $0.free) }
  }

  public func checkPlace(_ folder: FolderPath) async throws {
    let purpose = "\(folder.text) cannot hold disks"
    try LayerPlace.check(folder.text, subject: folder.text, purpose: purpose)
    try LayerPlace.check(
      folder.text, isOutside: state, subject: folder.text, purpose: purpose,
      hint: LayerPlace.outside)
  }

  public func isSame(_ folder: FolderPath, as other: FolderPath) async -> Bool {
    HostFiles.areSame(folder.text, other.text)
  }

  /// Those that are a folder and whose name is one of covey's. The embedded driver has none.
  public func storagePools() async throws -> [StoragePlace] {
    let connection = try await hypervisor.link.connection()
    let pools: [StoragePool]
    do throws(LibvirtError) { pools = try await connection.storagePools() } catch {
      guard error.code != .noSupport else { return [] }
      throw Problem(
        .unavailable, subject: hypervisor.link.uri,
        "libvirt does not list its storage pools: \(error.message)", hint: "see: covey doctor")
    }
    var places: [StoragePlace] = []
    for pool in pools where pool.isActive {
      guard let xml = try? await pool.xml(),  // gone since it was listed
        let path = try? StoragePoolDocument(parsing: xml).targetPath,
        let name = try? Name(pool.name), let folder = try? FolderPath(path)
      else { continue }
      places.append(StoragePlace(name: name, folder: folder))
    }
    return places
  }
}
