import CoveyWire
import Hummingbird

/// What covey found out about its host.
struct DoctorRoutes: Sendable {
  let house: House

  func add(to router: Router<BasicRequestContext>) {
    router.get("v1/doctor") { _, _ in try Answers.json(await house.doctor.view()) }
  }
}
