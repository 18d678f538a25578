import Covey
import CoveyWire
import Support
import Testing

@testable import CoveyEngine
@testable import coveyd

struct GuestViewTests {
  private let load = Gauges.GuestLoad(cpu: 12.345, memory: .mebibytes(70))

  @Test func aRunningGuestShowsWhatItUses() {
    let guest = Samples.guest()
    let view = GuestView(guest, in: Samples.inventory(guests: [guest]), load: load)
    #expect(view.cpuPercent == 12.3)
    #expect(view.memoryUsed == 70 << 20)
    #expect(view.ports == [PortView(guest: 80, host: 80, note: nil)])
    #expect(view.created == "1970-01-01T00:00:00.000Z")
  }

  @Test(arguments: [GuestState.stopped, .failed, .defined, .unknown])
  func aGuestWithoutAMachineUsesNothing(_ state: GuestState) {
    let guest = Samples.guest(state: state)
    let view = GuestView(guest, in: Samples.inventory(guests: [guest]), load: load)
    #expect(view.cpuPercent == nil)
    #expect(view.memoryUsed == nil)
    #expect(view.state == state.rawValue)
  }

  @Test func aPortThatIsOfferedElsewhereSaysWhy() {
    let view = PortView(PortMapping(guest: 80, host: 10080))
    #expect(view.note == "this user may not bind port 80, so it is offered at 10080")
  }
}
