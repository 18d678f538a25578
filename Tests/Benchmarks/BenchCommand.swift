import ArgumentParser
import Foundation

/// `covey-bench`: measures covey against what one would use instead, and writes the report.
@main
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "covey-bench",
    abstract: "Measure covey against plain libvirt and podman, by turns, and write the report.",
    discussion: """
      Runs in namespaces of its own, as root, on a private folder under /tmp; everything it starts ends with it, \
      also on Ctrl-C. From the top of the repository: make bench

      Examples:
        covey-bench --quick --templates tiny-web --output /tmp/report
        covey-bench --only fork,podman --trials starts --rounds 20
      """)

  @Option(help: "Rounds that count, after one that does not.") var rounds = 10
  @Option(help: "Templates, by name or path, separated by commas.")
  var templates = "tiny-web,debian-web"
  @Option(help: "Sides to measure: fork,standby,cold,clone,restore,podman.") var only: String?
  @Option(help: "What to measure: starts,burst,size,memory,reaction,traffic,disk.") var trials:
    String?
  @Option(help: "Folder for benchmarks.md and benchmarks.json.", completion: .directory)
  var output = "docs"
  @Option(help: "How many guests of a kind are weighed.") var memoryGuests = 20
  @Option(help: "MiB of data on the disk that is moved and copied.") var diskMebibytes = 512
  @Option(help: "How often a round is repeated that others disturbed.") var repeats = 5
  @Option(help: "Minutes after which everything is given up.") var limit = 180
  @Option(help: "Folder of covey and coveyd; the harness's own if not given.") var binaries: String?
  @Flag(help: "Few rounds, few guests, no repeating: to try the harness, not for figures.")
  var quick = false

  @Option(help: ArgumentHelp("Which part of the run this is.", visibility: .private))
  var stage = Stage.whole
  @Option(help: ArgumentHelp("The private folder of the run.", visibility: .private))
  var place: String?

  /// A run is one process that watches two others, each in an enclosure: templates are made from downloaded
  /// packages, and what is measured has a network of its own.
  enum Stage: String, ExpressibleByArgument, Sendable {
    case whole, prepare, measure
  }

  func validate() throws {
    if rounds < 1 || memoryGuests < 2 || diskMebibytes < 1 || repeats < 0 || limit < 1 {
      throw ValidationError(
        "--rounds, --repeats, --limit, --memory-guests and --disk-mebibytes must be positive")
    }
    _ = try plan()
  }

  func plan() throws -> BenchPlan {
    do {
      return try BenchPlan(
        subjects: BenchPlan.words(templates).map(Subject.init),
        sides: BenchPlan.choose(only), trials: BenchPlan.choose(trials),
        rounds: quick ? min(rounds, 2) : rounds, repeats: quick ? 0 : repeats,
        quiet: Quiet(forOthers: quick ? .zero : .seconds(60)),
        memoryGuests: quick ? min(memoryGuests, 4) : memoryGuests,
        memoryRest: quick ? .seconds(5) : MemoryTrial.rest,
        diskMebibytes: quick ? min(diskMebibytes, 64) : diskMebibytes,
        binaries: BenchPlan.folder(binaries))
    } catch let trouble as Trouble {
      throw ValidationError(trouble.description)
    }
  }

  func run() async throws {
    do {
      switch stage {
      case .whole:
        try await WholeRun(plan: plan(), limit: .seconds(limit * 60)).run(output: output)
      case .prepare: try await inside { try await $0.prepare() }
      case .measure: try await inside { try await $0.measure() }
      }
    } catch let failure as any Error & CustomStringConvertible {
      // Interrupted stages leave it to the whole run to say so.
      if stage == .whole || !(failure is Interrupted) {
        FileHandle.standardError.write(Data("covey-bench: \(failure.description)\n".utf8))
      }
      throw ExitCode(failure is Interrupted ? 130 : 1)
    }
  }

  private func inside(_ work: @escaping @Sendable (InsideRun) async throws -> Void) async throws {
    guard let place else { throw Trouble("--place is missing") }
    let run = InsideRun(plan: try plan(), place: Place(folder: place))
    try await Interruption.race { try await work(run) }
  }
}
