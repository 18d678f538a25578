import Covey

/// Where a guest's files lie: `GUESTS/NAME/`, with its disk, its sockets, and its console's log.
public struct GuestFolder: Sendable, Hashable {
  /// Unix socket paths are limited to 107 bytes and a NUL (`unix(7)`).
  public static let longestSocketPath = 107

  private let guests: String

  /// - `guests`: absolute path of the folder that holds one folder for each guest.
  public init(guests: String) { self.guests = guests }

  public func disk(of guest: Name) -> String { path(guest, "disk.qcow2") }
  public func console(of guest: Name) -> String { path(guest, "console.sock") }
  /// Where QEMU listens for the guest's identity port.
  public func identity(of guest: Name) -> String { path(guest, "identity.sock") }
  /// Where QEMU listens for the guest's agent.
  public func agent(of guest: Name) -> String { path(guest, "agent.sock") }
  public func log(of guest: Name) -> String { path(guest, "console.log") }

  private func path(_ guest: Name, _ file: String) -> String { "\(guests)/\(guest)/\(file)" }
}
