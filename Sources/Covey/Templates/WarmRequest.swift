/// A wish to keep a template warm for guests of one size.
public struct WarmRequest: Hashable, Sendable {
  public let template: Name
  /// Nil takes the template's.
  public let cpus: Int?
  /// Nil takes the template's.
  public let memory: ByteCount?

  public init(template: Name, cpus: Int? = nil, memory: ByteCount? = nil) {
    self.template = template
    self.cpus = cpus
    self.memory = memory
  }

  /// What is booted once to make the set.
  public struct Plan: Hashable, Sendable {
    public let template: Template
    /// No guest of the inventory: it lives until its memory is sealed.
    public let machine: Guest
  }

  /// Decides whether the template's newest version may be kept warm. Pure.
  ///
  /// Order of checks: the template, whether its forks can be told who they are, devices that forks cannot have, sizes, a
  /// set that is there already.
  public func decide(in inventory: Inventory, with facts: LaunchFacts) -> Decision<Plan> {
    do throws(Refusal) {
      let template = try inventory.requireTemplate(template)
      guard template.identity != nil else { throw .noIdentity(template.name) }
      guard template.balloon == .none else {
        throw .balloonInFork(template.name, template.balloon)
      }
      let size = try MachineSize(
        cpus: cpus ?? template.machine.cpus, memory: memory ?? template.machine.memory)
      if let set = inventory.warmSet(of: template.digest, for: size) {
        return .ignore("template \(template.name) is warm for \(size) already: \(set.shortID)")
      }
      let machine = Guest(
        name: try Self.name(of: facts.uuid), uuid: facts.uuid, template: template, group: nil,
        machine: size, disk: .ephemeral, address: facts.pool.warming,
        ports: template.ports.map {
          PortMapping(offering: $0, lowestBindable: facts.lowestBindablePort)
        },
        health: template.health, created: facts.now)
      return .proceed(Plan(template: template, machine: machine))
    } catch {
      return .refuse(error)
    }
  }

  private static func name(of uuid: String) throws(Refusal) -> Name {
    try Name("warm-" + uuid.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8))
  }
}
