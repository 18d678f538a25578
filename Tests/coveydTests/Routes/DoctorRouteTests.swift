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
}
