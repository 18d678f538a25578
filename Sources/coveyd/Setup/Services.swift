import Covey
import CoveyEngine
import CoveyHypervisor
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// One long-lived part of the daemon as a service: it ends when the daemon is asked to.
struct Part: Service {
  let body: @Sendable () async throws -> Void

  func run() async throws {
    try await cancelWhenGracefulShutdown { try await body() }
  }
}

/// The daemon's services, in the order in which they start; they stop in reverse.
enum Services {
  static func group(_ house: House, socket: String, logger: Logger) -> ServiceGroup {
    var parts: [any Service] = [
      Part { await house.performer.run() },
      Part { await house.workshop.run() },
      Part { await house.watcher.run() },
      Part { await house.monitor.run() },
      Part { await house.seatKeeper.run() },
      Part { await house.scaler.run() },
      Part { await house.reports.run() },
      Part { await house.zones.run() },
      Part { await house.waker.run() },
    ]
    if let keeper = house.reservations { parts.append(Part { await keeper.run() }) }
    parts.append(application(house, socket: socket, logger: logger))
    return ServiceGroup(
      configuration: .init(
        services: parts.map {
          .init(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  }

  static func application(_ house: House, socket: String, logger: Logger)
    -> some ApplicationProtocol
  {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: ErrorAnswers())
    GuestRoutes(house: house).add(to: router)
    SnapshotRoutes(house: house).add(to: router)
    DiskRoutes(house: house).add(to: router)
    ExchangeRoutes(house: house).add(to: router)
    PoolRoutes(house: house).add(to: router)
    BackupRoutes(house: house).add(to: router)
    BalancerRoutes(house: house).add(to: router)
    GroupRoutes(house: house).add(to: router)
    TemplateRoutes(house: house).add(to: router)
    OperationRoutes(house: house).add(to: router)
    DoctorRoutes(house: house).add(to: router)
    return Application(
      router: router,
      configuration: .init(address: .unixDomainSocket(path: socket), serverName: "coveyd"),
      logger: logger)
  }
}
