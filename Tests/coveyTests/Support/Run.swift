import Foundation
import Synchronization

@testable import covey

/// What a command line left behind.
struct Run: Sendable {
  let status: Int32
  let out: String
  let err: String
}

/// Runs a command line as a user would, without a terminal.
func covey(_ arguments: String..., socket: String = "/tmp/covey-none.sock") async -> Run {
  await covey(arguments, socket: socket)
}

/// The same with the arguments in a list.
func covey(_ arguments: [String], socket: String = "/tmp/covey-none.sock") async -> Run {
  let written = Mutex((out: "", err: ""))
  let screen = Screen(
    outIsTerminal: false, errIsTerminal: false, colour: false, size: { (80, 24) },
    out: { text in written.withLock { $0.out += text } },
    err: { text in written.withLock { $0.err += text } })
  let status = await CoveyCommand.run(
    arguments + ["--socket", socket], on: screen, environment: [:])
  let (out, err) = written.withLock { $0 }
  return Run(status: status, out: out, err: err)
}
