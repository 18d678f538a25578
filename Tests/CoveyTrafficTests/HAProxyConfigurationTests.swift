import Covey
import Glibc
import Testing

@testable import CoveyTraffic

@Suite struct HAProxyConfigurationTests {
  private func configuration() throws -> HAProxyConfiguration {
    let frontend = Frontend(
      group: try Name("web"), listen: try Endpoint("127.78.1.1:8080"), healthPath: "/health?a=b;c")
    let member = BalancedMember(name: try Name("web-1"), endpoint: try Endpoint("127.77.0.2:80"))
    return try HAProxyConfiguration(frontend, members: [member])
  }

  /// Whoever changes this text raises `HAProxyConfiguration.revision` too.
  @Test func theConfigurationIsRenderedFromValuesAlone() throws {
    let golden = """
      # Written by covey; changed by no hand. Members are added over admin.sock.
      global
        node web
        description 'covey/1 web 127.78.1.1:8080 /health?a=b;c'
        log fd@3 format timed local0 notice
        stats socket unix@admin.sock mode 600 level admin expose-fd listeners
        stats timeout 10s
        pidfile haproxy.pid
        fd-hard-limit 16384
        nbthread 2
        hard-stop-after 90s

      defaults
        mode http
        log global
        option http-server-close
        option redispatch 1
        retries 3
        retry-on conn-failure
        timeout connect 2s
        timeout client 60s
        timeout server 60s
        timeout queue 30s
        timeout check 5s
        timeout http-request 10s
        timeout http-keep-alive 10s
        timeout tunnel 1h

      frontend web
        bind 127.78.1.1:8080
        option forwardfor
        default_backend web

      backend web
        balance leastconn
        option httpchk
        http-check send meth GET uri '/health?a=b;c'
        http-check expect status 200-399
        server web-1 127.77.0.2:80 check inter 1s fastinter 250ms downinter 500ms \
      fall 3 rise 1 pool-max-conn 0

      """
    #expect(try configuration().text == golden)
  }

  @Test func theIdentityTellsTheEndpoint() throws {
    let identity = try configuration().identity
    #expect(HAProxyConfiguration.endpoint(in: identity) == "127.78.1.1:8080")
    #expect(HAProxyConfiguration.endpoint(in: "somebody else's") == nil)
  }

  @Test func whatHAProxySaysAtAFailedStartIsSorted() {
    let cases: [(String, Problem.Code)] = [
      ("cannot bind socket (Address already in use) for [127.0.0.1:1]", .inUse),
      ("cannot bind socket (Cannot assign requested address)", .invalid),
      ("cannot bind socket (Permission denied)", .invalid), ("out of memory", .unavailable),
    ]
    for (words, code) in cases {
      let problem = HAProxyProgram.problem(
        "[NOTICE] (1) : hello\n[ALERT] (1) : \(words)", subject: "")
      #expect(problem.code == code && problem.message.contains(words) && !problem.hint.isEmpty)
    }
  }

  @Test func theSystemsRefusalsToBindAreSorted() throws {
    let endpoint = try Endpoint("127.78.250.9:81")
    let codes = [EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOBUFS].map {
      ListenCheck.problem($0, endpoint, "").code
    }
    #expect(codes == [.inUse, .invalid, .invalid, .unavailable])
  }

  @Test func listenersAreFoundInTheSystemsTable() throws {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 01094E7F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1
         1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1
         2: 01094E7F:1F90 01094E7F:9999 01 00000000:00000000 00:00000000 00000000     0        0 333 1
      """
    let endpoint = try Endpoint("127.78.9.1:8080")
    #expect(PortOwner.listeners(on: endpoint, in: table) == ["111", "222"])
    #expect(PortOwner.listeners(on: try Endpoint("127.78.9.2:8080"), in: table) == ["222"])
  }
}
