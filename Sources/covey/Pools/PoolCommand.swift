import ArgumentParser
import CoveyWire

/// `covey pool`: named places for disks.
struct PoolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool", abstract: "Pools: named places for disks.",
    discussion: """
      The pool "default" is the state folder's own. Where libvirt has storage pools, those that are folders are listed \
      too.

      Example:
        covey pool create fast --path /srv/fast
        covey disk move one --to fast
      """,
    subcommands: [PoolList.self, PoolInfo.self, PoolCreate.self, PoolDelete.self])
}

/// `covey pool list`.
struct PoolList: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the places for disks with their room.",
    discussion: """
      PROVISIONED is what the disks there may grow to.

      Example:
        covey pool list
      """)

  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let list: ListView<PoolView> = try await session.client.get(Routes.pools)
    try session.show(list) { PoolText.list(list.items, session.style) }
  }
}

/// `covey pool info`.
struct PoolInfo: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show a pool, its room and whose disks lie there.",
    discussion: """
      Example:
        covey pool info fast
      """)

  @Argument(help: "The pool's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let pool: InfoView<PoolView> = try await session.client.get(ObjectPath.of(Routes.pools, name))
    try session.show(pool) { PoolText.info(pool.item, session.style) }
  }
}

/// `covey pool create`.
struct PoolCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Give a folder a name, so that disks can be put there.",
    discussion: """
      The folder must be there, and the user that runs coveyd must be able to write to it.

      Example:
        covey pool create fast --path /srv/fast
      """)

  @Argument(help: "The new pool's name.") var name: String
  @Option(help: "The folder's absolute path.") var path: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let pool: InfoView<PoolView> = try await session.client.post(
      Routes.pools, PoolBody(name: name, path: path))
    try session.show(pool) { PoolText.info(pool.item, session.style) }
  }
}

/// `covey pool delete`.
struct PoolDelete: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Forget a pool that holds no disks; its folder stays.",
    discussion: """
      Example:
        covey pool delete fast
      """)

  @Argument(help: "The pool's name.") var name: String
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let pool: InfoView<PoolView> = try await session.client.delete(
      ObjectPath.of(Routes.pools, name), [:])
    try session.show(pool) {
      "pool \(pool.item.name) is gone; the folder \(pool.item.path) stays\n"
    }
  }
}
