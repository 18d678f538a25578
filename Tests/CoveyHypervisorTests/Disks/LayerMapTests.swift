import Covey
import Testing

@testable import CoveyHypervisor

struct LayerMapTests {
  /// A piece here and a piece there, as databases write: qemu-img prints more of it than covey takes from a program at once.
  @Test func aDiskInManyPiecesIsReadWhole() async throws {
    let path = "\(try TestPlace.folder())/pieces.qcow2"
    let count = 90_000
    try await run(["create", "-q", "-f", "qcow2", "-o", "cluster_size=512", path, "96M"])
    try await run(
      [
        "bench", "-q", "-w", "-f", "qcow2", "-t", "unsafe", "-c", "\(count)", "-s", "512", "-S",
        "1024", path,
      ])
    let map = try await LayerMap.of(path, subject: "test")
    #expect(map.ranges.count == count)
    #expect(map.ranges.last == Int64(count - 1) * 1024..<Int64(count - 1) * 1024 + 512)
    #expect(try await !LayerMap.isEmpty(path, subject: "test"))
    // What one stands on is not its own.
    let upper = "\(path).upper"
    try await run(["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", path, upper])
    #expect(try await LayerMap.of(upper, subject: "test") == LayerMap())
    #expect(try await LayerMap.isEmpty(upper, subject: "test"))
  }

  @Test func whatLiesFarApartIsFoundInItsPlace() async throws {
    let path = "\(try TestPlace.folder())/with, comma.qcow2"
    try await run(["create", "-q", "-f", "qcow2", path, "7G"])
    let places: [Int64] = [1 << 30, (2 << 30) - 65536, 2 << 30, 6 << 30]
    for place in places {
      try await Program(name: "qemu-io", package: "qemu-utils").run(
        ["-f", "qcow2", "-c", "write -q \(place) 64k", path], to: "write", subject: "test")
    }
    let map = try await LayerMap.of(path, subject: "test")
    let piece: Int64 = 65536
    #expect(
      map.ranges == [
        places[0]..<places[0] + piece, places[1]..<places[2] + piece, places[3]..<places[3] + piece,
      ])
    #expect(try await !LayerMap.isEmpty(path, subject: "test"))
  }

  private func run(_ arguments: [String]) async throws {
    try await Program.qemuImg.run(arguments, to: "make a disk", subject: "test")
  }
}
