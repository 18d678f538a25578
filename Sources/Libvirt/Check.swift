import CLibvirt
import Foundation

/// Turns libvirt's "negative means failure" into a thrown error, on the thread of the call.
@discardableResult
func check(_ function: String, _ status: Int32) throws(LibvirtError) -> Int32 {
  guard status >= 0 else { throw LibvirtError.last(function) }
  return status
}

/// Turns libvirt's "null means failure" into a thrown error, on the thread of the call.
func check<Value>(_ function: String, _ value: Value?) throws(LibvirtError) -> Value {
  guard let value else { throw LibvirtError.last(function) }
  return value
}

/// Copies a C string that the caller owns, and frees it.
func adopt(_ function: String, _ text: UnsafeMutablePointer<CChar>?) throws(LibvirtError) -> String
{
  let text = try check(function, text)
  defer { free(text) }
  return String(cString: text)
}
