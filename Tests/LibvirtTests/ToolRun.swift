import Foundation

/// What a program printed and how it ended.
struct ToolRun {
  let status: Int32
  let output: String

  init(_ path: String, _ arguments: String...) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    let (ended, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    try process.run()
    var iterator = ended.makeAsyncIterator()
    status = await iterator.next() ?? -1
    // The programs print less than a pipe holds, so it can be read after the end.
    output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
}
