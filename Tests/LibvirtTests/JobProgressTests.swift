import Libvirt
import Testing

@Suite struct JobProgressTests {
  @Test func valuesAreReadByName() {
    let progress = JobProgress(
      type: .failed,
      raw: [
        "operation": .signed(9), "time_elapsed": .unsigned(1500), "time_remaining": .unsigned(0),
        "disk_processed": .unsigned(1), "disk_remaining": .unsigned(2), "disk_total": .unsigned(3),
        "memory_processed": .unsigned(1), "success": .boolean(false), "errmsg": .text("no space"),
      ])
    #expect(progress.operation == .backup)
    #expect(progress.elapsed == .milliseconds(1500))
    #expect(progress.remaining == .zero)
    #expect(progress.disk == .init(processed: 1, remaining: 2, total: 3))
    #expect(progress.memory == nil)
    #expect(progress.data == nil)
    #expect(progress.succeeded == false)
    #expect(progress.errorMessage == "no space")
  }

  @Test func whatIsNotReportedIsNil() {
    let progress = JobProgress(type: .unbounded, raw: ["operation": .signed(99)])
    #expect(progress.operation == .unknown)
    #expect(progress.elapsed == nil)
    #expect(progress.succeeded == nil)
    #expect(progress.errorMessage == nil)
  }
}
