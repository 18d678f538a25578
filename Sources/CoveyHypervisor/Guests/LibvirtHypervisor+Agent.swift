import Covey
import CoveyEngine
import Libvirt

extension LibvirtHypervisor {
  /// Pings qemu-guest-agent over the channel that every machine has.
  ///
  /// - `limit`: libvirt counts in whole seconds, one at least.
  /// - Returns: nil when it answered, else why not.
  public func agentFailure(of guest: Guest, within limit: Duration) async -> String? {
    let seconds = Int32(max(1, min(limit.milliseconds / 1000, 60)))
    do {
      _ = try await requireDomain(of: guest).agent(
        "{\"execute\": \"guest-ping\"}", timeout: seconds)
      return nil
    } catch let error as LibvirtError {
      return error.code == .agentUnresponsive || error.code == .operationTimeout
        ? "its agent does not answer" : error.message
    } catch {
      return (error as? Problem)?.message ?? "\(error)"
    }
  }
}
