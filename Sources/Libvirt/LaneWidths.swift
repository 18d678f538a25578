/// How many threads of its own a connection has for blocking calls.
///
/// A libvirt daemon admits five requests per connection at a time (`max_client_requests`) and
/// leaves the others unread, so more threads than that would let long jobs delay a stop.
/// Drivers that run inside this process have no such limit.
public struct LaneWidths: Sendable, Hashable {
  /// Threads for look-ups and for what stops a guest or lets it go on, at least 1.
  public var control: Int
  /// Threads for everything that may take long, at least 1.
  public var jobs: Int

  /// Sets both widths; values below 1 count as 1.
  public init(control: Int, jobs: Int) {
    self.control = max(1, control)
    self.jobs = max(1, jobs)
  }

  /// 2 and 3: together what a daemon admits by default.
  public static let daemon = Self(control: 2, jobs: 3)
  /// 4 and 8: for drivers that run inside this process.
  public static let inProcess = Self(control: 4, jobs: 8)

  /// What suits a URI: `inProcess` for the embedded and test drivers, else `daemon`.
  public static func suiting(_ uri: String) -> Self {
    uri.contains(":///embed") || uri.hasPrefix("test:///") ? .inProcess : .daemon
  }
}
