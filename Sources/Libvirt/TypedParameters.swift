import CLibvirt

/// A growing C array of named values for calls that take one (`virTypedParameterPtr`).
///
/// Belongs to one thread; the array is freed with the object.
final class TypedParameters {
  private(set) var pointer: virTypedParameterPtr?
  private(set) var count: Int32 = 0
  private var capacity: Int32 = 0

  deinit { virTypedParamsFree(pointer, count) }

  /// Adds a number of 64 bits (`virTypedParamsAddULLong`).
  func add(_ name: String, _ value: UInt64) throws(LibvirtError) {
    try check(
      "virTypedParamsAddULLong",
      virTypedParamsAddULLong(&pointer, &count, &capacity, name, value))
  }

  /// Adds a number of 32 bits (`virTypedParamsAddUInt`); libvirt minds the difference.
  func add(_ name: String, _ value: UInt32) throws(LibvirtError) {
    try check(
      "virTypedParamsAddUInt", virTypedParamsAddUInt(&pointer, &count, &capacity, name, value))
  }
}
