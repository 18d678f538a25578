extension Refusal {
  /// Words of those that are about balancers and their seats.
  var aboutBalancers: Problem? {
    switch self {
    case .malformedNetworkAddress(let text):
      Problem(
        .invalid, subject: text, "\"\(text)\" is not ADDRESS/PREFIX of an interface",
        hint: "write an IPv4 address and its network's length, such as 10.77.0.100/24")
    case .malformedSeat(let text, let why):
      Problem(
        .invalid, subject: "seat \(text)", "\"\(text)\" is not a seat: \(why)",
        hint: "write NETNS:INTERFACE:ADDRESS, such as lb-a:eth0:10.77.0.1; see: ip netns list")
    case .seatsEqual(let what):
      Problem(
        .invalid, subject: "seat", "two seats have \(what)",
        hint:
          "give each seat a namespace and an address of its own: what fails with one stays with the other"
      )
    case .noSuchBalancer(let name, let nearest):
      Problem(
        .notFound, subject: "balancer \(name)", "no balancer is named \"\(name)\"",
        hint: nearest.map { "did you mean \"\($0)\"? All of them: covey balancer list" }
          ?? "see: covey balancer list")
    case .balancerExists(let name):
      Problem(
        .exists, subject: "balancer \(name)", "balancer \"\(name)\" exists already",
        hint: "choose another name; see: covey balancer list")
    case .balancerInUse(let name, let groups):
      Problem(
        .inUse, subject: "balancer \(name)",
        "balancer \"\(name)\" serves \(Self.listed(groups))",
        hint: "delete them first, or give them another address: covey group set GROUP --listen ...")
    case .addressTaken(let address, let balancer):
      Problem(
        .inUse, subject: "address \(address)",
        "\(address) is the address of balancer \"\(balancer)\"",
        hint: "choose another --address")
    case .addressOfGroups(let address, let groups):
      Problem(
        .inUse, subject: "address \(address)", "\(address) is where \(Self.listed(groups)) listen",
        hint: "choose another --address, or let the groups listen elsewhere meanwhile")
    case .routerTaken(let number, let balancer):
      Problem(
        .inUse, subject: "router \(number)",
        "virtual router \(number) is balancer \"\(balancer)\"",
        hint: "choose another --router, or leave it out")
    case .noRouterLeft:
      Problem(
        .limit, subject: "router", "all 255 virtual routers are taken",
        hint: "delete a balancer that is not needed: covey balancer list")
    default: nil
    }
  }

  private static func listed(_ groups: [Name]) -> String {
    "group\(groups.count == 1 ? "" : "s") "
      + groups.prefix(5).map(\.text).joined(separator: ", ")
      + (groups.count > 5 ? " and \(groups.count - 5) more" : "")
  }
}
