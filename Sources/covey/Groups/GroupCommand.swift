import ArgumentParser

/// `covey group`: guests of one template that serve together and follow the load.
struct GroupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group", abstract: "Groups: guests behind a balancer that follow the load.",
    discussion: """
      Example:
        covey group create web --template tiny-web --listen 127.0.0.1:8080 --min 1 --max 4
        covey group watch web
      """,
    subcommands: [
      GroupCreate.self, GroupList.self, GroupInfo.self, GroupSet.self, GroupScale.self,
      GroupWeight.self,
      GroupPause.self, GroupResume.self, GroupWatch.self, GroupExplain.self, GroupDelete.self,
    ])
}
