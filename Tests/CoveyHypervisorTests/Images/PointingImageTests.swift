import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// Images that point at a file of the host are refused, and nobody has opened that file.
@Suite(.timeLimit(.minutes(1))) struct PointingImageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var declared: ImageFormat?
    /// Makes an image that points at a path.
    let make: @Sendable (ImageLab, String) async throws -> String
    var testDescription: String { name }
  }

  private static let dataFile: UInt32 = 0x4441_5441

  static let qcow2: [Case] = [
    Case(name: "backing file") { lab, target in
      try await lab.qemuImg(
        "create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", target, "a.qcow2", "1M")
      return lab.path("a.qcow2")
    },
    Case(name: "backing file, declared", declared: .qcow2) { lab, target in
      try await lab.qemuImg(
        "create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", target, "a.qcow2", "1M")
      return lab.path("a.qcow2")
    },
    Case(name: "relative backing file") { lab, target in
      let name = try #require(target.split(separator: "/").last)
      try await lab.qemuImg(
        "create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", "../\(name)", "a.qcow2", "1M")
      return lab.path("a.qcow2")
    },
    Case(name: "backing file in json") { lab, target in
      let json = #"json:{"driver":"raw","file":{"driver":"file","filename":"\#(target)"}}"#
      try await lab.qemuImg(
        "create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", json, "a.qcow2", "1M")
      return lab.path("a.qcow2")
    },
    Case(name: "backing file of version 2") { lab, target in
      let image = try await lab.qcow2("a.qcow2", "compat=0.10")
      try lab.patch(image, at: 8, number: UInt64(512))
      try lab.patch(image, at: 16, number: UInt32(target.utf8.count))
      try lab.patch(image, at: 512, Array(target.utf8))
      return image
    },
    Case(name: "backing file as file:") { lab, target in
      let image = try await lab.qcow2()
      let name = Array("file:\(target)".utf8)
      try lab.patch(image, at: 8, number: UInt64(1024))
      try lab.patch(image, at: 16, number: UInt32(name.count))
      try lab.patch(image, at: 1024, name)
      return image
    },
    Case(name: "data file") { lab, target in
      let image = try await lab.qcow2()
      try lab.patch(image, at: 72, number: UInt64(4))
      try lab.extend(image, dataFile, target.utf8)
      return image
    },
    Case(name: "data file in json") { lab, target in
      let image = try await lab.qcow2()
      try lab.patch(image, at: 72, number: UInt64(4))
      try lab.extend(
        image, dataFile, #"json:{"driver":"file","filename":"\#(target)"}"#.utf8)
      return image
    },
    Case(name: "data file without its bit") { lab, target in
      let image = try await lab.qcow2()
      try lab.extend(image, dataFile, target.utf8)
      return image
    },
  ]

  private static func text(_ type: String, _ extent: String, parent: String = "") -> String {
    """
    # Disk DescriptorFile
    version=1
    CID=12345678
    parentCID=ffffffff
    \(parent)
    createType="\(type)"

    RW 2048 \(extent)

    """
  }

  private static func flat(_ type: String, _ extent: @escaping @Sendable (String) -> String) -> Case
  {
    Case(name: type) { lab, target in
      try lab.file("a.vmdk", text(type, extent(target)).utf8)
    }
  }

  static let vmdk: [Case] = [
    flat("monolithicFlat") { "FLAT \"\($0)\" 0" },
    flat("twoGbMaxExtentFlat") { "FLAT \"\($0)\" 0" },
    flat("twoGbMaxExtentSparse") { "SPARSE \"\($0)\"" },
    flat("vmfs") { "VMFS \"\($0)\"" },
    flat("seSparse") { "SESPARSE \"\($0)\"" },
    Case(name: "a flat extent above the folder", declared: .vmdk) { lab, target in
      let name = try #require(target.split(separator: "/").last)
      return try lab.file("a.vmdk", text("monolithicFlat", "FLAT \"../\(name)\" 0").utf8)
    },
    Case(name: "an envelope without capacity") { lab, target in
      let image = try await lab.vmdk()
      try lab.patch(image, at: 12, [UInt8](repeating: 0, count: 8))
      try lab.patch(
        image, at: 512, Array(text("monolithicFlat", "FLAT \"\(target)\" 0").utf8) + [0])
      return image
    },
    Case(name: "a parent") { lab, target in
      let image = try await lab.vmdk()
      let parent = "parentFileNameHint=\"\(target)\""
      try lab.patch(
        image, at: 512,
        Array(text("monolithicSparse", "SPARSE \"a.vmdk\"", parent: parent).utf8) + [0])
      return image
    },
    Case(name: "a parent behind the descriptor") { lab, target in
      let image = try await lab.vmdk()
      try lab.patch(image, at: 512 + 9000, Array("parentFileNameHint=\"\(target)\"".utf8))
      return image
    },
    Case(name: "a sparse extent elsewhere") { lab, target in
      let image = try await lab.vmdk()
      try lab.patch(
        image, at: 512, Array(text("monolithicSparse", "SPARSE \"\(target)\"").utf8) + [0])
      return image
    },
  ]

  @Test(arguments: qcow2 + vmdk)
  func aFileThatAnImageNamesIsNotOpened(_ item: Case) async throws {
    let lab = try ImageLab()
    let image = try await item.make(lab, lab.secret)
    let watch = try OpeningWatch(lab.secret)
    let problem = try await lab.refusal(of: image, declared: item.declared)
    #expect(!watch.wasOpened)
    #expect(problem.code == .invalid)
    #expect(problem.message.contains("covey reads no file that an image names"))
    #expect(problem.message.contains("secret"))
    // The watch would have seen it.
    _ = try HostFiles.text(of: lab.secret, limit: 1 << 20)
    #expect(watch.wasOpened)
  }

  /// Who opens a pipe that nobody writes to waits for ever; that this ends is the proof.
  @Test(arguments: qcow2 + vmdk)
  func aPipeThatAnImageNamesIsNotWaitedFor(_ item: Case) async throws {
    let lab = try ImageLab()
    let pipe = lab.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let image = try await item.make(lab, pipe)
    #expect(try await lab.refusal(of: image, declared: item.declared).code == .invalid)
  }

  @Test(arguments: ["backing file", "data file"])
  func aServerThatAnImageNamesIsNotCalled(kind: String) async throws {
    let lab = try ImageLab()
    let socket = try ListeningSocket(lab.path("s"))
    let image = try await lab.qcow2()
    let name = Array("nbd+unix:///?socket=\(lab.path("s"))".utf8)
    if kind == "data file" {
      try lab.patch(image, at: 72, number: UInt64(4))
      try lab.extend(image, Self.dataFile, name)
    } else {
      try lab.patch(image, at: 8, number: UInt64(1024))
      try lab.patch(image, at: 16, number: UInt32(name.count))
      try lab.patch(image, at: 1024, name)
    }
    let problem = try await lab.refusal(of: image)
    #expect(problem.message.contains("nbd+unix"))
    #expect(!socket.wasCalled)
  }

  /// The second lock: were covey's own judge blind, the account of qemu-img could still not read a file of the host's.
  @Test(.enabled(if: geteuid() == 0)) func theCellHoldsWithoutTheJudge() async throws {
    let lab = try ImageLab()
    let tool = try ConfinedQemuImg(in: lab.shelf, account: "nobody", subject: "test")
    try await lab.qemuImg(
      "create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", lab.secret,
      tool.path(of: "source"), "64K")
    try HostFiles.setMode(tool.readable, of: tool.path(of: "source"))
    try tool.makeWritable("fresh")
    let found = await problem {
      _ = try await tool.run(
        ["convert", "-f", "qcow2", "-O", "qcow2", "source", "fresh"], to: "cannot convert",
        writes: .mebibytes(8), within: .seconds(20))
    }
    #expect(found?.message.contains("Permission denied") == true, "\(String(describing: found))")
  }
}

/// A socket of the file system's that counts who comes.
final class ListeningSocket: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0, listen(descriptor, 1) == 0 else {
      throw HostFiles.problem("cannot bind", path)
    }
  }

  deinit { close(descriptor) }

  var wasCalled: Bool {
    var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&query, 1, 0) > 0
  }
}
