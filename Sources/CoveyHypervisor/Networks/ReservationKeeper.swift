import Covey
import CoveyEngine
import Logging

/// Keeps the reservations of guests' addresses in a libvirt network, which loses them when it is taken down and up.
public struct ReservationKeeper: Sendable {
  /// How often the network is looked at.
  static let lookEvery: Duration = .seconds(1)

  private let network: LibvirtNetwork
  private let ledger: Ledger
  private let time: any TimeSource
  private let logger: Logger

  public init(network: LibvirtNetwork, ledger: Ledger, time: any TimeSource, logger: Logger) {
    self.network = network
    self.ledger = ledger
    self.time = time
    self.logger = logger
  }

  /// Runs until its task is cancelled.
  public func run() async {
    var last: String?
    while !Task.isCancelled {
      let problem = await look()
      if problem != last { tell(problem) }
      last = problem
      do { try await time.sleep(for: Self.lookEvery) } catch { return }
    }
  }

  /// - Returns: what hinders it, in words.
  private func look() async -> String? {
    let inventory = await ledger.inventory
    // Guests that something is being done to are reserved for by that.
    let guests = inventory.guests.values.filter {
      $0.state.hasMachine && inventory.operation(on: $0.name) == nil
    }
    do {
      for guest in try await network.keep(guests) {
        logger.notice("its address is reserved again", metadata: ["guest": "\(guest.name)"])
      }
      return nil
    } catch is CancellationError {
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func tell(_ problem: String?) {
    let metadata: Logger.Metadata = ["network": "\(network.facts.name)"]
    guard let problem else {
      return logger.notice("the network of the guests is back", metadata: metadata)
    }
    logger.error("the guests' network: \(problem)", metadata: metadata)
  }
}
