import ArgumentParser

/// A span of time as an argument: `500ms`, `10s`, `2.5s`, `5m`, `1h`; a bare number is seconds.
struct Span: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units = ["ms": 0.001, "": 1, "s": 1, "m": 60, "min": 60, "h": 3600]
    guard let value = Double(number), let unit = units[String(argument.dropFirst(number.count))],
      value * unit <= 30 * 24 * 3600
    else { return nil }
    duration = .milliseconds(Int64((value * unit * 1000).rounded()))
  }

  var seconds: Double { duration.seconds }

  var description: String { Units.span(seconds) }
  var defaultValueDescription: String { description }
}

extension Duration {
  /// Seconds with their fraction.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
