/// The HAProxy before the machines that covey does not manage. Pure.
///
/// Like covey's own, but each machine stands in it from the beginning, alone behind a listener of its own. Health
/// checks are off and a refused connection is not tried again: the first request that can be served is.
struct PlainBalancer: Sendable {
  let names: [String]

  static func address(of name: String) -> String { "127.118.0.\(number(of: name))" }
  static func endpoint(of name: String) -> Endpoint {
    Endpoint(address: "127.118.1.\(number(of: name))", port: 8080)
  }

  private static func number(of name: String) -> Int {
    let all = PlainMachines.cold + [PlainMachines.copy, PlainMachines.saved]
    return (all.firstIndex(of: name) ?? all.count) + 2
  }

  var text: String {
    let head = """
      global
        nbthread 2

      defaults
        mode http
        option http-server-close
        retries 0
        timeout connect 2s
        timeout client 60s
        timeout server 60s
        timeout http-request 10s
        timeout http-keep-alive 10s

      """
    let parts = names.map { name in
      """
      listen \(name)
        bind \(Self.endpoint(of: name).text)
        option forwardfor
        server \(name) \(Self.address(of: name)):80 pool-max-conn 0

      """
    }
    return head + parts.joined(separator: "\n")
  }
}

/// An IPv4 address and a port.
struct Endpoint: Hashable, Sendable {
  let address: String
  let port: UInt16

  var text: String { "\(address):\(port)" }
}
