import ArgumentParser
import CoveyWire

/// `covey group weight`: gives a member another share of the group's requests.
struct GroupWeight: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "weight", abstract: "Give a member another share beside the others'.",
    discussion: """
      A member with weight 50 gets half of what one with the usual 100 gets, and one with 0 gets no new requests. A member \
      that reports a weight of its own gets so many percent of this one. The weight goes with the member.

      Example:
        covey group weight web web-2 50
      """)

  @Argument(help: "The group's name.") var name: String
  @Argument(help: "The member's name.") var member: String
  @Argument(help: "Its weight, 0 to 256; 100 is usual.") var weight: Int
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let group: InfoView<GroupView> = try await session.client.post(
      "\(ObjectPath.of(Routes.groups, name))/weight", WeightBody(member: member, weight: weight))
    try session.show(group) { GroupText.members(group.item.members ?? [], session.style) }
  }
}
