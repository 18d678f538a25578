import CoveyWire
import Testing

@testable import covey

struct ProgressPrinterTests {
  private let booting = ProgressUpdate(title: "launch of guest one", stage: "booting", steps: "3/5")

  @Test func withoutATerminalThereIsOneLinePerStage() {
    var printer = ProgressPrinter(isLive: false, limit: 60)
    #expect(
      printer.show(booting, at: 0, columns: 80) == "launch of guest one: booting (3/5)\n")
    #expect(printer.show(booting, at: 1, columns: 80) == "")
    #expect(printer.redraw(at: 2, columns: 80) == "")
    var next = booting
    next.stage = "waiting for its health check"
    #expect(
      printer.show(next, at: 3, columns: 80)
        == "launch of guest one: waiting for its health check (3/5)\n")
    #expect(printer.end() == "")
  }

  @Test func onATerminalTheLineHasElapsedTimeAndDeadline() {
    var printer = ProgressPrinter(isLive: true, limit: 600)
    #expect(
      printer.show(booting, at: 4.8, columns: 80)
        == "\rlaunch of guest one: booting (3/5), 4s of at most 10m\u{1B}[K")
    #expect(printer.redraw(at: 4.9, columns: 80) == "")
    #expect(printer.redraw(at: 5.1, columns: 80).contains("5s of at most 10m"))
  }

  @Test func aLineNeverWraps() {
    var printer = ProgressPrinter(isLive: true, limit: nil)
    #expect(printer.show(booting, at: 0, columns: 11) == "\rlaunch of \u{1B}[K")
  }

  @Test func theEndLeavesACleanLineAndNothingComesAfterIt() {
    var printer = ProgressPrinter(isLive: true, limit: nil)
    _ = printer.show(booting, at: 0, columns: 80)
    #expect(printer.end() == "\r\u{1B}[K")
    #expect(printer.end() == "")
    #expect(printer.show(booting, at: 1, columns: 80) == "")
    #expect(printer.redraw(at: 1, columns: 80) == "")
  }

  @Test func anEndBeforeAnythingWasDrawnWritesNothing() {
    var printer = ProgressPrinter(isLive: true, limit: nil)
    #expect(printer.redraw(at: 1, columns: 80) == "")
    #expect(printer.end() == "")
  }
}
