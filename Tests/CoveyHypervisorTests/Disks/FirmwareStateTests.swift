import Covey
import Testing

@testable import CoveyHypervisor

struct FirmwareStateTests {
  private func place() throws -> (FirmwareState, copy: String) {
    let folder = try TestPlace.folder("firmware")
    return (FirmwareState("\(folder)/nvram.fd"), "\(folder)/nvram.1.fd")
  }

  @Test func aCopyTakesThePlaceOfAnOlderOne() throws {
    let (state, copy) = try place()
    try HostFiles.write("new".utf8, to: state.path, mode: 0o600)
    try HostFiles.write("older and longer".utf8, to: copy, mode: 0o600)
    try HostFiles.write("half".utf8, to: copy + ".new", mode: 0o600)
    try state.copy(to: copy)
    #expect(try HostFiles.text(of: copy, limit: 64) == "new")
    #expect(try HostFiles.names(in: HostFiles.parent(of: copy)) == ["nvram.1.fd", "nvram.fd"])
  }

  /// Firmware that finds nothing begins anew, as it did then.
  @Test func ofNothingThereIsNoCopy() throws {
    let (state, copy) = try place()
    try HostFiles.write("older".utf8, to: copy, mode: 0o600)
    try state.copy(to: copy)
    #expect(!FirmwareState(copy).isThere)
    try state.remove()
  }

  @Test func whatIsTooLargeIsNotRead() throws {
    let (state, copy) = try place()
    let bytes = repeatElement(UInt8(0), count: Int(FirmwareState.largest.bytes) + 1)
    try HostFiles.write(bytes, to: state.path, mode: 0o600)
    #expect(throws: Problem.self) { try state.copy(to: copy) }
    #expect(!FirmwareState(copy).isThere)
  }
}
