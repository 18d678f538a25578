import Covey
import CoveyEngine
import Foundation
import Testing

@testable import CoveyTraffic

struct SeatValuesTests {
  private func balancer() throws -> MovingAddress {
    MovingAddress(
      name: try Name("front"), address: try NetworkAddress("10.77.0.100/24"), router: 7,
      seats: [try Seat("lb-a:eth0:10.77.0.1"), try Seat("lb-b:veth-1:10.77.0.2")], created: .zero)
  }

  @Test func keepalivedsConfigurationIsRenderedFromValidatedWordsAlone() throws {
    let balancer = try balancer()
    let place = SeatPlace(root: "/var/lib/covey/seats", balancer, 1)
    let text = try KeepalivedConfiguration(balancer, at: place).text
    for line in [
      "  enable_script_security", "  interval 1", "  timeout 1", "  fall 2", "  rise 2",
      "  state BACKUP", "  nopreempt", "  interface veth-1", "  virtual_router_id 7",
      "  priority 150", "  advert_int 0.5", "  unicast_src_ip 10.77.0.2", "    10.77.0.1",
      "    10.77.0.100/24 dev veth-1",
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
    #expect(text.contains("/var/lib/covey/seats/front/2/listeners\"\n"))
  }

  @Test(arguments: [
    "/srv/a b", "/srv/a\"b", "/srv/$x", "/srv/a'b", "/srv/a{b", "/srv/a#b", "/srv/a!b",
  ])
  func aFolderThatKeepalivedCouldReadOtherwiseIsRefused(_ root: String) throws {
    let balancer = try balancer()
    #expect(throws: Problem.self) {
      try KeepalivedConfiguration(balancer, at: SeatPlace(root: root, balancer, 0))
    }
  }

  @Test func aSeatsHAProxyBindsTheAddressThereWhetherItIsThereOrNot() throws {
    let frontend = Frontend(
      group: try Name("web"), listen: try Endpoint("10.77.0.100:80"), check: .http(path: "/"))
    let here = try HAProxyConfiguration(frontend.alone, key: "", template: HAProxyTemplate())
    let there = try HAProxyConfiguration(
      frontend.alone, key: "", template: HAProxyTemplate(), namespace: "lb-a")
    #expect(there.text.contains("\n  bind 10.77.0.100:80 transparent namespace lb-a\n"))
    #expect(here.identity != there.identity)
    #expect(HAProxyConfiguration.endpoint(in: there.identity) == "10.77.0.100:80")
  }

  @Test func countersAreSummedAndADifferenceBetweenSeatsShowsAsDraining() throws {
    func member(up: Bool = true, draining: Bool = false, requests: Int) -> TrafficStatistics.Member
    {
      .init(isUp: up, isDraining: draining, sessions: 1, requests: requests, failures: 2)
    }
    let (one, two) = (try Name("web-1"), try Name("web-2"))
    let first = TrafficStatistics(
      members: [one: member(requests: 3), two: member(requests: 1)], requests: 4, failures: 1,
      queued: 2, sessions: 3)
    let second = TrafficStatistics(
      members: [one: member(up: false, requests: 5)], requests: 5, failures: 0, queued: 0,
      sessions: 1)
    let sum = TrafficStatistics(sum: [first, second])
    #expect(sum.requests == 9 && sum.failures == 1 && sum.queued == 2 && sum.sessions == 4)
    #expect(
      sum.members[one]
        == .init(isUp: true, isDraining: false, sessions: 2, requests: 8, failures: 4))
    #expect(sum.members[two]?.isDraining == true)
    #expect(TrafficStatistics(sum: [first]) == first)
  }

  @Test func theAddressesOfANamespaceAreReadFromWhatIPSays() throws {
    let text = """
      [{"ifname":"lo","addr_info":[]},
       {"ifname":"eth0","addr_info":[{"family":"inet","local":"10.77.0.1","prefixlen":24},
        {"family":"inet6","local":"fe80::1","prefixlen":64}]}]
      """
    let view = try #require(NamespaceView(text))
    #expect(view.interface("eth0")?.addresses == [try #require(IPv4Address("10.77.0.1"))])
    #expect(view.interface("lo")?.addresses == [] && view.interface("eth1") == nil)
    #expect(NamespaceView("Cannot open network namespace") == nil)
  }

  @Test func twoSeatsThatBothHoldTheAddressAreSaidToBeDeaf() throws {
    let balancer = try balancer()
    func finding(_ seat: String, _ has: Bool) -> SeatFinding {
      SeatFinding(seat: seat, hasAddress: has, isMoving: true, listeners: [:], problem: nil)
    }
    let fine = [finding("lb-a", true), finding("lb-b", false)]
    #expect(KeepalivedSeats.judged(fine, balancer) == fine)
    let split = KeepalivedSeats.judged([finding("lb-a", true), finding("lb-b", true)], balancer)
    #expect(split.allSatisfy { $0.problem?.code == .conflict })
  }

  @Test(arguments: [
    ("KeepalivedConfiguration.advertisement", KeepalivedConfiguration.advertisement.text),
    ("KeepalivedConfiguration.check", KeepalivedConfiguration.check.text),
    ("KeepalivedConfiguration.checksUntilSure", "\(KeepalivedConfiguration.checksUntilSure)"),
    ("KeepalivedSeats.endingPatience", KeepalivedSeats.endingPatience.text),
  ])
  func thePageOfLimitsHasTheConstantsValue(_ constant: String, _ value: String) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/limits.md").standardized
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let row = try #require(rows.first { $0.contains("`\(constant)`") })
    #expect(row.contains("| \(value) |"))
  }

  @Test func heysReportIsCounted() {
    let report = HeyReport(
      """
      Status code distribution:
        [200]\t180 responses
        [503]\t3 responses

      Error distribution:
        [12]\tGet "http://10.77.0.100": context deadline exceeded
      """)
    #expect(report.answered == 180 && report.failed == 15)
  }
}
