/// How many virtual CPUs and how much memory a guest has.
public struct MachineSize: Hashable, Sendable, Codable {
  public static let cpusAllowed = 1...64
  public static let memoryAllowed = ByteCount.mebibytes(32)...ByteCount.gibibytes(1024)

  public let cpus: Int
  public let memory: ByteCount

  /// - Throws: `Refusal.outOfRange` outside 1 to 64 CPUs or 32 MiB to 1 TiB of memory.
  public init(cpus: Int, memory: ByteCount) throws(Refusal) {
    guard Self.cpusAllowed.contains(cpus) else {
      throw .outOfRange(field: "cpus", value: "\(cpus)", allowed: "1 to 64")
    }
    guard Self.memoryAllowed.contains(memory) else {
      throw .outOfRange(field: "memory", value: "\(memory)", allowed: "32MiB to 1TiB")
    }
    self.cpus = cpus
    self.memory = memory
  }
}

extension MachineSize {
  private enum Field: String, CodingKey { case cpus, memory }

  /// A stored record keeps to the same limits.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    try self.init(
      cpus: fields.decode(Int.self, forKey: .cpus),
      memory: fields.decode(ByteCount.self, forKey: .memory))
  }
}
