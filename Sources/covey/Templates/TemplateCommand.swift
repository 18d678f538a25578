import ArgumentParser

/// `covey template`: sealed images that guests are cloned from.
struct TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Templates: sealed images that guests are cloned from.",
    discussion: """
      Example:
        covey template build templates/tiny-web
      """,
    subcommands: [
      TemplateBuild.self, TemplateCreate.self, TemplateImport.self, TemplateList.self,
      TemplateInfo.self, TemplateDelete.self,
      TemplateLint.self, TemplateWarm.self, TemplateCool.self,
    ])
}
