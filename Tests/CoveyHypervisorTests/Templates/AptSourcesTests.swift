import Testing

@testable import CoveyHypervisor

/// Of a host's apt sources a build takes those of its release.
@Suite struct AptSourcesTests {
  @Test func linesOfTheReleaseAndItsUpdatesAreKept() {
    var sources = AptSources()
    sources.add(
      lines: """
        # deb http://mirror.example/debian bookworm main
        deb http://mirror.example/debian bookworm main contrib # ours
        deb-src http://mirror.example/debian bookworm main
        deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/security bookworm-security main
        deb http://mirror.example/debian bookworm-backports main
        deb http://mirror.example/debian trixie main
        deb http://mirror.example/debian
        """, of: "bookworm")
    #expect(
      sources.lines == """
        deb http://mirror.example/debian bookworm main contrib \n\
        deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/security bookworm-security main

        """)
    #expect(sources.stanzas.isEmpty)
  }

  @Test func stanzasKeepTheirKeysAndLoseOtherReleases() {
    var sources = AptSources()
    sources.add(
      stanzas: """
        # two releases
        Types: deb deb-src
        URIs: http://mirror.example/debian
        Suites: bookworm trixie bookworm-updates
        Components: main
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         abc

        Types: deb
        Enabled: no
        URIs: http://mirror.example/off
        Suites: bookworm

        Types: deb-src
        URIs: http://mirror.example/sources
        Suites: bookworm
        """, of: "bookworm")
    #expect(
      sources.stanzas == """
        Types: deb
        Suites: bookworm bookworm-updates
        URIs: http://mirror.example/debian
        Components: main
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         abc


        """)
  }

  @Test func aReleaseThatTheHostDoesNotHaveIsNamedWithWhatToDo() async {
    let found = await problem { _ = try await AptSources(suite: "nosuchrelease", subject: "test") }
    #expect(found?.code == .unavailable)
    #expect(found?.message.contains("nosuchrelease") == true)
    #expect(found?.hint.contains("apt-get update") == true)
  }
}
