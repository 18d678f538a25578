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
    idle = try Self.duration(body.idle)
    traffic = try TrafficSettings(body)
  }

  fileprivate static func duration(_ text: String?) throws(Refusal) -> Duration? {
    try text.map { text throws(Refusal) in try Duration(reading: text) }
  }
}

extension TrafficSettings {
  fileprivate init(_ body: GroupSettingsBody) throws(Refusal) {
    self.init()
    balance = try Self.choice("balance", body.balance)
    mode = try Self.choice("mode", body.mode)
    hosts = try body.hosts.map { texts throws(Refusal) in
      try texts.map { text throws(Refusal) in try HostName(text) }
    }
    path = body.path
    certificate = body.certificate
    isSticky = body.sticky
    slowStart = try GroupSettings.duration(body.slowStart)
  }

  private static func choice<T: RawRepresentable & CaseIterable>(_ field: String, _ text: String?)
    throws(Refusal) -> T? where T.RawValue == String
  {
    guard let text else { return nil }
    guard let choice = T(rawValue: text) else {
      throw .outOfRange(
        field: field, value: text, allowed: T.allCases.map(\.rawValue).joined(separator: " or "))
    }
    return choice
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
