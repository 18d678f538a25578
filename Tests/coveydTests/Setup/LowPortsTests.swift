import Foundation
import Testing

@testable import coveyd

struct LowPortsTests {
  @Test func rootsQEMUBindsEveryPortAndOthersWhatTheKernelSays() throws {
    #expect(LowPorts.lowestBindable(whereQEMUIsRoot: true) == 0)
    let text = try String(
      contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8)
    let kernels = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(LowPorts.lowestBindable(whereQEMUIsRoot: false) == kernels)
  }
}
