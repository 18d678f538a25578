import Foundation

/// The way in: arguments in, exit status out.
@main
enum Main {
  static func main() async {
    // A reader that goes away must not end covey before it has put the terminal in order.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    exit(await CoveyCommand.run(arguments, on: .standard))
  }
}
