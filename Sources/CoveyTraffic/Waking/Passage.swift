import NIOCore

/// One side of a connection that is held, and then passed on: what it hears its partner says, no faster than that.
///
/// Before it is joined it does not read; what the system forces on it, at the end of a client's words, it keeps.
final class Passage: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Called once, when the channel is gone.
  var ended: (() -> Void)?
  /// Called with each part that is passed to the partner.
  var heard: (() -> Void)?
  var channel: (any Channel)?

  /// How long one that was turned away may take to read why.
  private static let farewell: TimeAmount = .seconds(1)

  private var context: ChannelHandlerContext?
  private var partner: Passage?
  private var early: [ByteBuffer] = []
  private var hasSaidAll = false
  private var isTurnedAway = false
  private var wantsToRead = false

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    partner = nil
    ended = nil
    heard = nil
  }

  /// Joins two sides and lets both read.
  func join(_ other: Passage) {
    (partner, other.partner) = (other, self)
    for part in early { other.say(part) }
    early = []
    other.context?.flush()
    if hasSaidAll { other.sayNoMore() }
    for side in [self, other] { side.listen() }
  }

  /// Tells a client why nobody comes, in HTTP where that is spoken, and closes. What it has said is read first: the system
  /// would break off a connection with unread words before the answer arrives.
  func turnAway(_ reason: String, inHTTP: Bool) {
    isTurnedAway = true
    ended = nil
    early = []
    guard let context else { return }
    let channel = context.channel
    listen()
    if inHTTP {
      context.writeAndFlush(wrapOutboundOut(Self.refusal(reason, channel.allocator)), promise: nil)
    }
    context.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: Self.farewell) { channel.close(promise: nil) }
  }

  private static func refusal(_ reason: String, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    let body = "503 Service Unavailable: \(reason)\n"
    return allocator.buffer(
      string: "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Content-Length: \(body.utf8.count)\r\nRetry-After: 5\r\nConnection: close\r\n\r\n\(body)"
    )
  }

  func cut() { context?.close(promise: nil) }

  private func listen() {
    guard let channel else { return }
    channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
  }

  private func say(_ part: ByteBuffer) { context?.write(wrapOutboundOut(part), promise: nil) }

  private func sayNoMore() { context?.close(mode: .output, promise: nil) }

  /// Says what is left to say, and closes.
  private func finish() {
    guard let context else { return }
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      channel.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isTurnedAway { return }
    guard let partner else { return early.append(part) }
    heard?()
    partner.say(part)
  }

  func channelReadComplete(context: ChannelHandlerContext) { partner?.context?.flush() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else { return }
    hasSaidAll = true
    partner?.context?.flush()
    partner?.sayNoMore()
  }

  func channelInactive(context: ChannelHandlerContext) {
    partner?.finish()
    let ended = self.ended
    self.ended = nil
    ended?()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    partner?.readOn()
  }

  private func readOn() {
    guard wantsToRead else { return }
    wantsToRead = false
    context?.read()
  }

  func read(context: ChannelHandlerContext) {
    guard let other = partner?.context, !other.channel.isWritable else { return context.read() }
    wantsToRead = true
  }
}
