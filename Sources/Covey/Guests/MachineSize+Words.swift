extension MachineSize: CustomStringConvertible {
  /// As `2 CPUs, 1GiB`.
  public var description: String { "\(cpus) CPU\(cpus == 1 ? "" : "s"), \(memory)" }
}
