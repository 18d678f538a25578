import ArgumentParser
import Foundation
import Yams

/// How a result is written.
enum Format: String, CaseIterable, ExpressibleByArgument, Sendable {
  case table, json, yaml

  /// The format that unparsed arguments ask for, so that wrong usage too is told in it.
  static func asked(in arguments: [String]) -> Format {
    for (index, argument) in arguments.enumerated() {
      if argument.hasPrefix("--format=") {
        return Format(rawValue: String(argument.dropFirst(9))) ?? .table
      }
      if argument == "--format", index + 1 < arguments.count {
        return Format(rawValue: arguments[index + 1]) ?? .table
      }
    }
    return .table
  }

  /// The text of a value, newline at the end; `table` is made by the caller, who knows the columns.
  func text<Value: Encodable>(_ value: Value, table: () -> String) throws -> String {
    switch self {
    case .table:
      return table()
    case .json:
      return try Self.json(value)
    case .yaml:
      let encoder = YAMLEncoder()
      encoder.options.sortKeys = true
      encoder.options.width = -1
      return try encoder.encode(value)
    }
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
