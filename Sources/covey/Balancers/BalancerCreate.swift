import ArgumentParser
import CoveyWire

/// `covey balancer create`: starts keepalived at each seat.
struct BalancerCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Let an address be at one of several seats.",
    discussion: """
      The namespaces, their interfaces and the seats' own addresses must be there; the address must not. \
      Needs a coveyd that runs as root. The address comes to a seat within some two seconds.

      Example:
        covey balancer create front --address 10.77.0.100/24 \\
          --seat lb-a:eth0:10.77.0.1 --seat lb-b:eth0:10.77.0.2
      """)

  @Argument(help: "The new balancer's name.") var name: String
  @Option(help: "The address with its network's length, such as 10.77.0.100/24.") var address:
    String
  @Option(
    name: .customLong("seat"),
    help: "NETNS:INTERFACE:ADDRESS, once for each seat; the first one is preferred at the start.")
  var seats: [String] = []
  @Option(help: "VRRP's number for it, 1 to 255; a free one if not given.") var router: Int?
  @Flag(help: "Only say what would be made, or why it cannot be.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if seats.count < 2 { throw ValidationError("--seat must be given for two seats at least") }
  }

  func act(_ session: Session) async throws {
    let balancer: InfoView<BalancerView> = try await session.client.post(
      Routes.balancers,
      BalancerBody(name: name, address: address, seats: seats, router: router, dryRun: dryRun))
    try session.show(balancer) {
      dryRun
        ? "would make balancer \(name): \(address) at one of "
          + "\(balancer.item.seats.map(\.namespace).joined(separator: ", ")), virtual router \(balancer.item.router)\n"
        : BalancerText.info(balancer.item, session.style)
    }
  }
}

/// `covey balancer delete`.
struct BalancerDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "End a balancer on which no group listens.",
    discussion: """
      Its keepalived end, and the address is taken away. Namespaces and interfaces stay.

      Example:
        covey balancer delete front
      """)

  @Argument(help: "The balancer's name.") var name: String
  @Flag(help: "Only say what would be ended, or why it cannot be.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let balancer: InfoView<BalancerView> = try await session.client.delete(
      ObjectPath.of(Routes.balancers, name), dryRun ? ["dryRun": "true"] : [:])
    try session.show(balancer) {
      dryRun
        ? "would end balancer \(name), and take \(balancer.item.address) away from its seats\n"
        : "balancer \(name) is gone, and \(balancer.item.address) with it\n"
    }
  }
}
