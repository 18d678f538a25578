import Covey
import Foundation
import Glibc

@testable import CoveyHypervisor

/// A QEMU process of a test, with its own loopback address.
final class BareMachine: @unchecked Sendable {
  private let process = Process()
  private let monitor = Pipe()
  private let ended: AsyncStream<Int32>
  private let address: String
  private let consolePath: String

  init(_ built: BuiltTemplate.Built, folder: String, kernelArguments: String, disk: String?) throws
  {
    address = "127.78.\(getpid() >> 8 & 255).\(getpid() & 127 + 2)"
    consolePath = "\(folder)/console.log"
    let template = built.template
    process.executableURL = URL(filePath: "/usr/bin/qemu-system-x86_64")
    process.arguments =
      [
        "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1",
        "-m", "\(template.machine.memory.mebibytes)", "-nodefaults", "-display", "none",
        "-monitor", "stdio", "-serial", "file:\(consolePath)", "-no-reboot",
        "-kernel", built.templates.path(of: .kernel, in: template),
        "-initrd", built.templates.path(of: .initrd, in: template),
        "-append", "\(template.kernelArguments) \(kernelArguments)",
        "-netdev", "user,id=net0,hostfwd=tcp:\(address):8080-:80",
        "-device", "virtio-net-pci,netdev=net0", "-device", "virtio-rng-pci",
      ]
      + (disk.map {
        ["-drive", "file=\($0),if=none,id=disk0", "-device", "virtio-blk-pci,drive=disk0"]
      } ?? [])
    process.standardInput = monitor
    process.standardOutput = FileHandle.nullDevice
    let (ended, continuation) = AsyncStream<Int32>.makeStream()
    self.ended = ended
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  var console: String { (try? HostFiles.text(of: consolePath, limit: 1 << 20)) ?? "" }

  func pressPowerButton() {
    monitor.fileHandleForWriting.write(Data("system_powerdown\n".utf8))
  }

  func exitStatus() async -> Int32? {
    for await status in ended { return status }
    return nil
  }

  /// Ends it by its identifier if it still runs.
  func end() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Asks until there is an answer: QEMU takes connections before the guest does.
  ///
  /// - Parameter seconds: short only where nothing is asked that takes the guest long.
  func get(_ path: String, within seconds: Int = 20) async throws -> String {
    while process.isRunning {
      if let answer = attempt(path, within: seconds), answer.hasPrefix("HTTP/") { return answer }
      try await Task.sleep(for: .milliseconds(50))
    }
    return ""
  }

  private func attempt(_ path: String, within seconds: Int) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = UInt16(8080).bigEndian
    target.sin_addr.s_addr = inet_addr(address)
    let connected = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return nil }
    let request = "GET \(path) HTTP/1.0\r\nHost: tiny-web\r\n\r\n"
    guard send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else {
      return nil
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer.prefix(count)
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
