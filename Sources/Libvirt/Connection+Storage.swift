import CLibvirt
import Foundation

extension Connection {
  /// The storage pools, active or not, in no order (`virConnectListAllStoragePools`).
  ///
  /// - Throws: `.noSupport` by drivers without storage, such as QEMU's embedded one.
  public func storagePools() async throws(LibvirtError) -> [StoragePool] {
    try await run { [self] connection throws(LibvirtError) in
      var list: UnsafeMutablePointer<virStoragePoolPtr?>?
      let count = try check(
        "virConnectListAllStoragePools", virConnectListAllStoragePools(connection, &list, 0))
      guard let list else { return [] }
      let pointers = (0..<Int(count)).compactMap { list[$0] }
      defer {
        for pointer in pointers { virStoragePoolFree(pointer) }
        free(list)
      }
      var pools: [StoragePool] = []
      for pointer in pointers {
        do throws(LibvirtError) {
          pools.append(try StoragePool(connection: self, pointer: pointer))
        } catch {
          // One that went away since it was listed is not there.
          guard error.code == .noStoragePool else { throw error }
        }
      }
      return pools
    }
  }
}
