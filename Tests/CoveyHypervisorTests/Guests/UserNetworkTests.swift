import Covey
import Testing

@testable import CoveyHypervisor

/// Answers of QEMU 7.2 to `info usernet`, as they came.
struct UserNetworkTests {
  private func forward(_ lastByte: UInt32, guest: Int, host: Int) -> UserNetwork.Forward {
    UserNetwork.Forward(GuestSamples.address(lastByte), PortMapping(guest: guest, host: host))
  }

  @Test func forwardsAreReadWithBothTheirPorts() {
    let answer = """
      Hub -1 (hostnet0):\r
        Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r
        TCP[HOST_FORWARD]   8    127.78.250.9  8443       10.0.2.15   443     0     0\r
        TCP[HOST_FORWARD]   3    127.78.250.9    80       10.0.2.15    80     0     0\r
      """
    #expect(
      UserNetwork.forwards(in: answer) == [
        forward(9, guest: 443, host: 8443), forward(9, guest: 80, host: 80),
      ])
    #expect(
      UserNetwork.forwards(in: answer.replacing("\r\n", with: "\n"))
        == UserNetwork.forwards(in: answer))
  }

  @Test func connectionsUnderWayAndOtherProtocolsAreNoForwards() {
    let answer = """
      Hub -1 (hostnet0):
        Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
        TCP[ESTABLISHED]   14    127.78.250.2    80       10.0.2.15    80     0     0
        TCP[SYN_SENT]      15    127.78.250.2    80       10.0.2.15    80     0     0
        UDP[HOST_FORWARD]  16    127.78.250.2    53       10.0.2.15    53     0     0
        UDP[236 sec]       17       10.0.2.15 38012        10.0.2.3    53     0     0
        ICMP[1 sec]        18       10.0.2.15 -           10.0.2.2   -        0     0
        TCP[HOST_FORWARD]  12    127.78.250.2 10080       10.0.2.15    80     0     0
      """
    #expect(UserNetwork.forwards(in: answer) == [forward(2, guest: 80, host: 10080)])
  }

  @Test(
    arguments: [
      "", "Hub -1 (hostnet0):", "unknown command: 'usernet'", "TCP[HOST_FORWARD]",
      "TCP[HOST_FORWARD] 3 * 80 10.0.2.15 80 0 0", "TCP[HOST_FORWARD] 3 127.78.250.2 x 10.0.2.15 y",
    ])
  func anAnswerWithoutForwardsHasNone(_ answer: String) {
    #expect(UserNetwork.forwards(in: answer).isEmpty)
  }
}
