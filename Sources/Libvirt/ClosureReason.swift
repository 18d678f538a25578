/// Why a connection ended (`virConnectCloseReason`, and this side's own close).
public enum ClosureReason: Sendable, Hashable {
  /// `Connection.close` was called, or the last reference to the connection went away.
  case requested
  /// Something went wrong on the wire.
  case error
  /// The daemon closed the connection, for example because it was restarted.
  case endOfFile
  /// The daemon did not answer keepalive messages in time.
  case keepalive
  /// The client side of libvirt closed it.
  case client
  /// A reason newer than this binding.
  case unknown(Int32)

  init(code: Int32) {
    switch code {
    case 0: self = .error
    case 1: self = .endOfFile
    case 2: self = .keepalive
    case 3: self = .client
    default: self = .unknown(code)
    }
  }
}
