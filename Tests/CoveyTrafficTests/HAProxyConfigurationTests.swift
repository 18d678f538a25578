import Covey
import Foundation
import Testing

@testable import CoveyTraffic

@Suite struct HAProxyConfigurationTests {
  private let listen = Result { try Endpoint("127.78.1.1:8080") }

  private func rendered(
    _ frontends: [Frontend], _ mode: TrafficMode = .http,
    members: [Name: [RunningServer]] = [:], template: HAProxyTemplate? = nil
  ) throws -> HAProxyConfiguration {
    try HAProxyConfiguration(
      Listener(endpoint: listen.get(), mode: mode, frontends: frontends), key: "secret",
      template: template ?? HAProxyTemplate(), members: members)
  }

  private func web(
    hosts: [String] = [], path: String? = nil, certificate: String? = nil, isSticky: Bool = false,
    named name: String = "web"
  ) throws -> Frontend {
    Frontend(
      group: try Name(name), listen: try listen.get(), hosts: try hosts.map { try HostName($0) },
      path: try path.map { try PathPrefix($0) }, check: .http(path: "/health?a=b;c"),
      certificate: certificate, isSticky: isSticky)
  }

  @Test func theConfigurationIsRenderedFromValuesAlone() throws {
    let member = BalancedMember(name: try Name("web-1"), endpoint: try Endpoint("127.77.0.2:80"))
    let server = RunningServer(
      member: member, weight: 100, isUp: true, administration: 8, isAgentEnabled: false)
    let configuration = try rendered([try web()], members: [try Name("web"): [server]])
    let golden = """
      # Written by covey from its template; changed by no hand. Members are added over admin.sock.
      global
        node covey
        description '\(configuration.identity)'
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
        retry-on conn-failure
        timeout http-request 10s
        timeout http-keep-alive 10s
        option redispatch 1
        retries 3
        timeout connect 2s
        timeout client 60s
        timeout server 60s
        timeout queue 30s
        timeout check 2s
        timeout tunnel 1h

      frontend LISTENER
        bind 127.78.1.1:8080
        option forwardfor
        default_backend web

      backend web
        balance leastconn
        option httpchk
        # As covey itself asks a guest that it launches.
        http-check send meth GET uri '/health?a=b;c' ver HTTP/1.1 hdr Host %[bc_dst]:%[bc_dst_port]
        http-check expect status 200-399
        server web-1 127.77.0.2:80 check inter 1s fastinter 250ms downinter 500ms \
      fall 3 rise 1 weight 100 pool-max-conn 0 disabled


      """
    #expect(configuration.text == golden)
  }

  @Test func theMostSpecificRouteComesFirst() throws {
    let text = try rendered([
      web(named: "all"), web(hosts: ["b.example"], named: "host"),
      web(hosts: ["a.example", "b.example"], path: "/api", named: "both"),
      web(path: "/api/v1", named: "path"),
    ]).text
    let rules = text.split(separator: "\n").filter { $0.contains("_backend") }.map {
      $0.replacing("req.hdr(host),field(1,:),lower -m str ", with: "").drop { $0 == " " }
    }
    #expect(
      rules == [
        "use_backend both if { a.example } { path -m str /api }",
        "use_backend both if { a.example } { path -m beg /api/ }",
        "use_backend both if { b.example } { path -m str /api }",
        "use_backend both if { b.example } { path -m beg /api/ }",
        "use_backend host if { b.example }", "use_backend path if { path -m str /api/v1 }",
        "use_backend path if { path -m beg /api/v1/ }", "default_backend all",
      ])
    #expect(!text.contains("UNROUTED"))
  }

  @Test func requestsThatNoGroupTakesAreAnsweredWith404() throws {
    let text = try rendered([web(hosts: ["a.example"])]).text
    #expect(text.contains("default_backend UNROUTED\n"))
    #expect(text.contains("backend UNROUTED\n  http-request return status 404"))
  }

  @Test func certificatesCookiesAndTCPChangeWhatTheyMust() throws {
    let secure = try rendered([web(certificate: "/srv/site.pem", isSticky: true)]).text
    #expect(secure.contains("bind 127.78.1.1:8080 ssl crt web.pem alpn h2,http/1.1\n"))
    #expect(
      secure.contains(
        "cookie covey-web insert indirect nocache httponly secure dynamic\n"
          + "  dynamic-cookie-key secret\n"))
    let tcp = try rendered([web(certificate: "/srv/site.pem", isSticky: true)], .tcp).text
    #expect(tcp.contains("bind 127.78.1.1:8080 ssl crt web.pem\n"))
    #expect(tcp.contains("stick on src") && tcp.contains("timeout client 1h"))
    #expect(!tcp.contains("cookie") && !tcp.contains("forwardfor"))
  }

  @Test func theIdentityTellsTheEndpointAndChangesWithTheConfigurationAlone() throws {
    let plain = try rendered([web()])
    #expect(HAProxyConfiguration.endpoint(in: plain.identity) == "127.78.1.1:8080")
    #expect(HAProxyConfiguration.endpoint(in: "somebody else's") == nil)
    let member = BalancedMember(name: try Name("web-1"), endpoint: try Endpoint("127.77.0.2:80"))
    let server = RunningServer(
      member: member, weight: 1, isUp: true, administration: 0, isAgentEnabled: true)
    #expect(
      try rendered([web()], members: [try Name("web"): [server]]).identity == plain.identity)
    #expect(try rendered([web(path: "/a")]).identity != plain.identity)
  }

  @Test func anOwnersTemplateMustKeepWhatCoveyNeeds() throws {
    let own = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
    let tuned = try HAProxyTemplate(own.replacing("nbthread 2", with: "nbthread 1"), subject: "x")
    #expect(try rendered([web()], template: tuned).text.contains("nbthread 1"))
    for line in ["description '{{identity}}'", "expose-fd listeners", "backend {{name}}"] {
      let short = try HAProxyTemplate(own.replacing(line, with: ""), subject: "x.cfg")
      let problem = #expect(throws: Problem.self) { try rendered([web()], template: short) }
      #expect(problem?.code == .invalid && problem?.message.contains("x.cfg") == true)
    }
    let problem = #expect(throws: Problem.self) { try HAProxyTemplate("{{#a}}", subject: "x.cfg") }
    #expect(problem?.message.contains("is no Mustache") == true)
  }

  /// One that was copied from an older covey's, or that asks its guests otherwise on purpose.
  @Test func anOwnersTemplateMayAskItsOwnHealthQuestionOfThePath() throws {
    let own = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
    let version = " ver HTTP/1.1 hdr Host %[bc_dst]:%[bc_dst_port]"
    #expect(own.contains(version))
    let older = try HAProxyTemplate(own.replacing(version, with: ""), subject: "x.cfg")
    #expect(try !rendered([web()], template: older).text.contains("HTTP/1.1"))
  }

  /// As an owner's file is tried before anything runs by it.
  @Test(arguments: [
    "server {{.}}", "server {{door}}", "use_backend {{group}} if {{condition}}",
    "{{#certificates}} crt {{.}}{{/certificates}}", "bind {{endpoint}}", "ssl",
    "dynamic-cookie-key {{key}}", "uri '{{checkedPath}}'", "stick on src",
    "default_backend {{fallback}}",
  ])
  func aFileThatLeavesOutWhatAGroupMayAskForIsRefusedAtOnce(line: String) throws {
    let own = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
    #expect(own.contains(line))
    let file = FileManager.default.temporaryDirectory.path + "/covey-template-\(UUID()).cfg"
    try Data(own.replacing(line, with: "").utf8).write(to: URL(fileURLWithPath: file))
    defer { unlink(file) }
    let problem = #expect(throws: Problem.self) { try HAProxyTemplate(file: file, doors: "/wake") }
    #expect(problem?.code == .invalid && problem?.message.contains("leaves out a line") == true)
    try Data((own + "\n# mine\n").replacing("server {{.}}", with: "server {{.}} send-proxy").utf8)
      .write(to: URL(fileURLWithPath: file))
    #expect(throws: Never.self) { try HAProxyTemplate(file: file, doors: "/wake") }
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
