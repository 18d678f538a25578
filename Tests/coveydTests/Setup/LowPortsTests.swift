import Testing

@testable import coveyd

struct LowPortsTests {
  @Test func theLowestBindablePortIsAPort() {
    #expect((0...65536).contains(LowPorts.lowestBindable))
  }
}
