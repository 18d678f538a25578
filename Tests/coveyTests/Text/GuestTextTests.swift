import CoveyWire
import Testing

@testable import covey

struct GuestTextTests {
  @Test func aListShowsWhereAPortIsOffered() {
    var busy = Samples.guest("web-1", state: "serving", group: "web")
    busy.cpuPercent = 41.6
    busy.memoryUsed = 60 << 20
    #expect(
      GuestText.list([Samples.guest(), busy], .plain) == """
        NAME   STATE    GROUP  TEMPLATE  ADDRESS     PORTS      DISK       START   CPU  MEMORY
        one    running  -      tiny-web  127.77.0.2  80->10080  ephemeral  boot      -       -
        web-1  serving  web    tiny-web  127.77.0.2  80->10080  ephemeral  boot   42 %   60MiB

        """)
  }

  @Test func anEmptyListSaysHowToMakeOne() {
    #expect(GuestText.list([], .plain).contains("covey launch"))
  }

  @Test func anInfoExplainsThePortAndTheBoot() {
    var guest = Samples.guest()
    guest.startedAt = "2026-11-22T12:00:01.000Z"
    guest.readyAt = "2026-11-22T12:00:05.900Z"
    #expect(
      GuestText.info(guest, .plain) == """
        name      one
        state     running
        template  tiny-web sha256:0123456789ab
        address   127.77.0.2
        port 80   127.77.0.2:10080, port 80 is for root only
        cpus      1
        memory    128MiB
        disk      ephemeral
        start     boot
        uuid      0f9e
        created   2026-11-22 12:00:00 UTC
        started   2026-11-22 12:00:01 UTC
        ready     2026-11-22 12:00:05 UTC, after 4.9s

        """)
  }

  @Test func aFailedGuestSaysWhy() {
    let guest = Samples.guest(state: "failed", reason: "no answer within 60s")
    #expect(GuestText.info(guest, .plain).contains("state     failed (no answer within 60s)\n"))
  }

  @Test func anArrivalSaysWhereItAnswers() {
    #expect(
      GuestText.arrival(Samples.guest(), after: Samples.operation())
        == "one is running at 127.77.0.2 (port 80 at 127.77.0.2:10080, port 80 is for root only) "
        + "after 1.2s\n")
  }

  @Test func anArrivalSaysThatItWasForkedOrWhyNot() {
    var guest = Samples.guest()
    guest.start = "fork"
    #expect(GuestText.arrival(guest, after: Samples.operation()).hasSuffix("after 1.2s, forked\n"))
    guest.start = "boot"
    var launch = Samples.operation()
    launch.setback = ErrorView(
      code: "altered", message: "the file differs", subject: "", hint: "make it warm again")
    #expect(
      GuestText.arrival(guest, after: launch)
        .hasSuffix("after 1.2s\nit was booted: the file differs\n  hint: make it warm again\n"))
  }
}
