import CoveyWire
import Foundation
import Testing

@testable import coveyd

struct DoctorRouteTests {
  @Test func theHostIsDescribedWithTheFieldsOfTheContract() async throws {
    let office = try Office()
    try await office.open { counter in
      let answer = try await counter.send(.get, "/v1/doctor")
      #expect(answer.status == 200)
      let fields = try answer.fields
      for name in ["schemaVersion", "accelerator", "connect", "state", "dns", "problems"] {
        #expect(fields[name] != nil, "\(name)")
      }
      let view = try answer.read(DoctorView.self)
      #expect(view.accelerator == "tcg")
      #expect(view.acceleratorSettled)
      #expect(view.connect == "test:///default")
      #expect(view.state == office.folder.path)
      #expect(view.socket == "\(office.folder.path)/coveyd.sock")
      #expect(view.versions["covey"] == Coveyd.version)
      #expect(view.versions["libvirt"] != nil)
      #expect(view.problems.allSatisfy { !$0.mend.isEmpty })
    }
  }

  @Test func aHAProxyOfSomebodyElsesThatCannotBeUsedIsAProblem() async throws {
    let office = try Office()
    let known = office.house.doctor
    let doctor = Doctor(
      configuration: try Configuration(
        flags: .init(
          state: office.folder.path, connect: known.link.uri,
          haproxySocket: "/nonexistent/admin.sock"),
        environment: [:], file: nil),
      link: known.link, accelerator: known.accelerator, names: known.names)
    let problem = await doctor.balancerProblem()
    #expect(problem?.what.contains("/nonexistent/admin.sock is not to be reached") == true)
    #expect(await doctor.view().problems.contains { $0.what == problem?.what })
    #expect(await known.balancerProblem() == nil)
    await known.link.close()
  }
}
