import ArgumentParser
import CoveyWire

/// `covey balancer`: addresses that move between seats.
struct BalancerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balancer", abstract: "Balancers that outlive one of their halves.",
    discussion: """
      A balancer is an address that is at one of several seats, and moves within seconds when that one fails. \
      A seat is a network namespace of this host. Groups that listen on the address are served at every seat.

      Example:
        covey balancer create front --address 10.77.0.100/24 \\
          --seat lb-a:eth0:10.77.0.1 --seat lb-b:eth0:10.77.0.2
        covey group create web --template tiny-web --listen 10.77.0.100:80
        covey balancer info front
      """,
    subcommands: [BalancerList.self, BalancerInfo.self, BalancerCreate.self, BalancerDelete.self])
}

/// `covey balancer list`.
struct BalancerList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the balancers and where their addresses are.",
    discussion: """
      Example:
        covey balancer list
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<BalancerView> = try await session.client.get(Routes.balancers)
    try session.show(list) { BalancerText.list(list.items, session.style) }
  }
}

/// `covey balancer info`.
struct BalancerInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show a balancer: which seat is active, how each is, the last moves.",
    discussion: """
      What is shown is what coveyd saw at its latest look, a second ago at most. The address moves without \
      coveyd.

      Example:
        covey balancer info front
      """)

  @Argument(help: "The balancer's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let path = try ObjectPath.of(Routes.balancers, name)
    let balancer: InfoView<BalancerView> = try await session.client.get(path)
    try session.show(balancer) { BalancerText.info(balancer.item, session.style) }
  }
}
