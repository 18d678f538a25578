import Testing

@testable import Covey

/// What a template says about its root file system.
@Suite struct TemplateRootTests {
  private func manifest(root: String) throws(Refusal) -> TemplateManifest {
    try TemplateManifest(
      file: "template.yaml",
      yaml: """
        name: web
        machine: {memory: 256MiB}
        ports: [80]
        health: {path: /}
        build:
          kernel: {package: linux-image-cloud-amd64}
          root:
            files: root
            size: 1GiB
        \(root)
        """)
  }

  private func refusal(root: String) throws -> Problem {
    var found: Problem?
    do throws(Refusal) {
      _ = try manifest(root: root)
    } catch {
      found = error.problem
    }
    return try #require(found)
  }

  @Test func unpackedPackagesAreTheRoot() throws {
    let recipe = try manifest(root: "    packages: [busybox-static]").recipe
    #expect(recipe.root == .unpacked(["busybox-static"]))
  }

  @Test func aRootMayBeFilesAlone() throws {
    #expect(try manifest(root: "").recipe.root == .unpacked([]))
  }

  @Test func aDebianSystemIsTheRoot() throws {
    let recipe = try manifest(
      root: "    debian: {suite: bookworm, packages: [systemd-sysv, gunicorn]}"
    ).recipe
    #expect(
      recipe.root
        == .debian(DebianSystem(suite: "bookworm", packages: ["systemd-sysv", "gunicorn"])))
  }

  @Test func bothKindsOfRootAreRefusedOnTheLineOfTheSecond() throws {
    let problem = try refusal(
      root: "    packages: [busybox-static]\n    debian: {suite: bookworm, packages: [udev]}")
    #expect(problem.message.contains("template.yaml, line 11:"))
    #expect(problem.hint.contains("not both"))
  }

  @Test(arguments: [
    ("{packages: [udev]}", "suite"), ("{suite: bookworm}", "packages"),
    ("{suite: bookworm, packages: [udev], variant: minbase}", "variant"),
    ("{suite: Bookworm, packages: [udev]}", "suite"),
    ("{suite: -bookworm, packages: [udev]}", "suite"),
    ("{suite: stable/updates, packages: [udev]}", "suite"),
    ("{suite: 12, packages: udev}", "packages"),
    ("{suite: bookworm, packages: [--help]}", "packages"),
    ("{suite: bookworm, packages: [udev, udev]}", "packages"),
    ("{suite: bookworm, packages: [\"udev,perl\"]}", "packages"), ("[bookworm]", "debian"),
  ])
  func aWrongDebianIsRefusedWithItsLine(debian: String, key: String) throws {
    let problem = try refusal(root: "    debian: \(debian)")
    #expect(problem.message.contains("template.yaml, line 10:"))
    #expect(problem.message.contains(key))
  }
}
