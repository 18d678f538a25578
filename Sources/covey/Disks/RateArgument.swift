import ArgumentParser

/// Bytes a second as an argument; a bare number is MiB.
struct RateArgument: ExpressibleByArgument, Hashable, Sendable {
  let wire: String

  init(argument: String) {
    wire = argument.allSatisfy(\.isNumber) ? "\(argument)MiB" : argument
  }
}
