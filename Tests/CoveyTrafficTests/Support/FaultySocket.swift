import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Stands before a real HAProxy's admin socket, records what is said, and misbehaves when told to.
final class FaultySocket: Sendable {
  enum Manner: Sendable {
    case passes
    /// Hears the command, and has it carried out, but says nothing for longer than anybody waits.
    case late
    /// Closes without hearing.
    case refuses
    /// Has the command carried out and says half of the answer.
    case halves
  }

  let path: String
  private let listener: any Channel
  private let box: Box

  final class Box: Sendable {
    let real: String
    let manner = Mutex(Manner.passes)
    let said = Mutex<[String]>([])
    init(real: String) { self.real = real }
  }

  /// - Parameter real: the socket behind it.
  init(before real: String) async throws {
    let box = Box(real: real)
    self.box = box
    path = StandInAdminSocket.freshPath()
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Forwarder(box))
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  func become(_ manner: Manner) { box.manner.withLock { $0 = manner } }
  var said: [String] { box.said.withLock { $0 } }

  func close() async {
    try? await listener.close()
    unlink(path)
  }
}

private final class Forwarder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let box: FaultySocket.Box
  private var gathered = ""

  init(_ box: FaultySocket.Box) { self.box = box }

  func channelActive(context: ChannelHandlerContext) {
    if case .refuses = box.manner.withLock({ $0 }) { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    gathered += String(buffer: unwrapInboundIn(data))
    guard gathered.hasSuffix("\n") else { return }
    let (line, manner, real) = (gathered, box.manner.withLock { $0 }, box.real)
    box.said.withLock { $0.append(line) }
    let channel = context.channel
    NIOThreadPool.singleton.submit { _ in
      let answer = Self.ask(real, line)
      switch manner {
      case .refuses: channel.close(promise: nil)
      case .late: break
      case .passes, .halves:
        let part = if case .halves = manner { answer.prefix(answer.count / 2) } else { answer[...] }
        channel.writeAndFlush(ByteBuffer(bytes: part)).whenComplete { _ in
          channel.close(promise: nil)
        }
      }
    }
  }

  /// One line to a Unix socket, and all that comes back.
  private static func ask(_ path: String, _ line: String) -> [UInt8] {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { Glibc.close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { return [] }
    _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return answer }
      answer += part[..<count]
    }
  }
}
