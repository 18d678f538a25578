import Covey
import CoveyWire

extension GroupSettings {
  /// - Throws: `Refusal` for the first field that is not what it must be.
  init(_ body: GroupSettingsBody) throws(Refusal) {
    self.init()
    template = try body.template.map { text throws(Refusal) in try Name(text) }
    min = body.min
    max = body.max
    surge = body.surge
    standby = body.standby
    port = body.port
    listen = try body.listen.map { text throws(Refusal) in try Endpoint(text) }
    cpus = body.cpus
    memory = try body.memory.map { text throws(Refusal) in try ByteCount(text) }
    disk = try body.disk.map { text throws(Refusal) in try DiskMode(reading: text) }
    cpuAbove = body.cpuAbove
    cpuBelow = body.cpuBelow
    hold = try Self.duration(body.for)
    cooldown = try Self.duration(body.cooldown)
    interval = try Self.duration(body.interval)
    drainWithin = try Self.duration(body.drainWithin)
    readyWithin = try Self.duration(body.readyWithin)
  }

  private static func duration(_ text: String?) throws(Refusal) -> Duration? {
    try text.map { text throws(Refusal) in try Duration(reading: text) }
  }
}

extension DiskMode {
  /// - Throws: `Refusal.outOfRange` for anything but the two modes.
  init(reading text: String) throws(Refusal) {
    guard let mode = DiskMode(rawValue: text) else {
      throw .outOfRange(field: "disk", value: text, allowed: "persistent or ephemeral")
    }
    self = mode
  }
}
