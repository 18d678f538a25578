import CLibvirt
import Foundation

/// A value that carries its own type (`virTypedParameter`).
public enum TypedValue: Sendable, Hashable {
  case signed(Int64)
  case unsigned(UInt64)
  case real(Double)
  case boolean(Bool)
  case text(String)

  /// The value when it is a whole number that is not negative, whatever its width.
  public var unsigned: UInt64? {
    switch self {
    case .signed(let value): return UInt64(exactly: value)
    case .unsigned(let value): return value
    case .real, .boolean, .text: return nil
    }
  }

  /// The value when it is a whole number that fits.
  public var signed: Int64? {
    switch self {
    case .signed(let value): return value
    case .unsigned(let value): return Int64(exactly: value)
    case .real, .boolean, .text: return nil
    }
  }

  /// The value when it is text.
  public var text: String? {
    guard case .text(let value) = self else { return nil }
    return value
  }

  /// Copies a C array of parameters; nil for types newer than this binding.
  static func dictionary(
    _ parameters: UnsafeMutablePointer<virTypedParameter>?, _ count: Int32
  ) -> [String: TypedValue] {
    var values: [String: TypedValue] = [:]
    guard let parameters else { return values }
    for index in 0..<Int(count) {
      let parameter = parameters[index]
      let name = withUnsafeBytes(of: parameter.field) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      values[name] = TypedValue(parameter)
    }
    return values
  }

  private init?(_ parameter: virTypedParameter) {
    switch UInt32(bitPattern: parameter.type) {
    case VIR_TYPED_PARAM_INT.rawValue: self = .signed(Int64(parameter.value.i))
    case VIR_TYPED_PARAM_UINT.rawValue: self = .unsigned(UInt64(parameter.value.ui))
    case VIR_TYPED_PARAM_LLONG.rawValue: self = .signed(parameter.value.l)
    case VIR_TYPED_PARAM_ULLONG.rawValue: self = .unsigned(parameter.value.ul)
    case VIR_TYPED_PARAM_DOUBLE.rawValue: self = .real(parameter.value.d)
    case VIR_TYPED_PARAM_BOOLEAN.rawValue: self = .boolean(parameter.value.b != 0)
    case VIR_TYPED_PARAM_STRING.rawValue:
      guard let text = parameter.value.s else { return nil }
      self = .text(String(cString: text))
    default: return nil
    }
  }
}
