import AsyncHTTPClient
import CoveyWire
import NIOCore
import Testing

extension WholeSystem {
  @Suite struct Sharing {
    /// Two groups of real guests on one port; members that speak for themselves.
    @Test func twoGroupsShareAPortByHostAndMembersSpeakForThemselves() async throws {
      try await Daemon.use { daemon in
        let listen = daemon.listen
        try await daemon.does(
          "group create web --listen \(listen) --template tiny-web --min 2 --max 2")
        let shop = "group create shop --listen \(listen) --template tiny-web --min 1 --max 1"
        let taken = try await daemon.refuses(shop, "in-use", status: 1)
        #expect(taken.message.contains("group \"web\""))
        try await daemon.does("\(shop) --host shop.example")
        #expect(daemon.balancers.count == 1)

        #expect(try await name(at: listen, host: "shop.example") == "shop-1")
        #expect(try await names(at: listen) == ["web-1", "web-2"])
        try await daemon.eventually("its first request is seen") {
          try await member("shop-1", of: "shop", daemon).firstServedAt != nil
        }
        try await reportsAreFollowed(daemon)
        try await weightsAreShares(daemon)

        let before = try #require(try await daemon.group("web").traffic?.requests)
        try await daemon.does("group delete shop")
        #expect(try await names(at: listen) == ["web-1", "web-2"])
        try await daemon.eventually("its counters went on") {
          try await daemon.group("web").traffic.map { $0.requests > before } ?? false
        }
      }
    }

    private func reportsAreFollowed(_ daemon: Daemon) async throws {
      try await daemon.eventually("web-1 reports") {
        let member = try await member("web-1", of: "web", daemon)
        return member.report?.hasPrefix("up") == true && member.cost != nil
          && member.metrics?["load"] != nil
      }
      _ = try await daemon.page("/cgi-bin/report?say=drain", of: "web-1")
      try await daemon.eventually("web-1 asks for nothing new") {
        try await member("web-1", of: "web", daemon).report == "drain"
      }
      let draining = try await member("web-1", of: "web", daemon)
      #expect(draining.state == "serving" && draining.reason == "it asks for no new requests")
      // HAProxy asks for itself.
      try await daemon.eventually("web-1 gets nothing new") {
        try await names(at: daemon.listen) == ["web-2"]
      }
      _ = try await daemon.page("/cgi-bin/report?say=banana", of: "web-1")
      try await daemon.eventually("web-1 talks nonsense") {
        try await member("web-1", of: "web", daemon).report == "nonsense"
      }
      let odd = try await member("web-1", of: "web", daemon)
      #expect(odd.reason?.contains("\"banana\" is no word of a report") == true)
      _ = try await daemon.page("/cgi-bin/report?say=", of: "web-1")
      try await daemon.eventually("web-1 serves again") {
        try await names(at: daemon.listen) == ["web-1", "web-2"]
      }
    }

    private func weightsAreShares(_ daemon: Daemon) async throws {
      try await daemon.does("group weight web web-2 0")
      try await daemon.eventually("web-2 gets nothing new") {
        try await names(at: daemon.listen) == ["web-1"]
      }
      #expect(try await member("web-2", of: "web", daemon).weight == 0)
      try await daemon.does("group weight web web-2 100")
      try await daemon.eventually("web-2 serves again") {
        try await names(at: daemon.listen) == ["web-1", "web-2"]
      }
      try await daemon.refuses("group weight web web-2 257", "invalid", status: 64)
    }

    private func member(_ name: String, of group: String, _ daemon: Daemon) async throws
      -> MemberView
    {
      try #require(try await daemon.members(of: group).first { $0.name == name })
    }

    private func names(at listen: String) async throws -> Set<String> {
      var found: Set<String> = []
      for _ in 0..<8 { found.insert(try await name(at: listen, host: "any.example")) }
      return found
    }

    private func name(at listen: String, host: String) async throws -> String {
      var request = HTTPClientRequest(url: "http://\(listen)/name")
      request.headers.add(name: "Connection", value: "close")
      request.headers.add(name: "Host", value: host)
      let response = try await CoveyClient.impatient.execute(request, timeout: .seconds(60))
      let body = try await response.body.collect(upTo: 1 << 10)
      return String(buffer: body).split(separator: "\n").first.map(String.init) ?? ""
    }
  }
}
