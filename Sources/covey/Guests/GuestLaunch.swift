import ArgumentParser
import CoveyWire

/// `covey launch`: makes a guest from a template and starts it.
struct GuestLaunch: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "launch", abstract: "Make a guest from a template and start it.",
    discussion: """
      Waits until the guest is ready: its health check has answered. A guest of a warm template is forked from \
      its memory and is ready in a fraction of a second; see: covey template warm.

      Example:
        covey launch one --template tiny-web --memory 128MiB --disk persistent
      """)

  @Argument(help: "The new guest's name.") var name: String
  @Option(help: "The template that it is cloned from.") var template: String
  @Option(help: "Virtual CPUs; the template's if not given.") var cpus: Int?
  @Option(help: "Memory, such as 256MiB; the template's if not given.") var memory: String?
  @Option(help: "persistent keeps what the guest writes; ephemeral starts fresh each time.")
  var disk: DiskChoice?
  @Option(help: "The disk's size, such as 20GiB; the template's if not given.")
  var diskSize: String?
  @Option(help: "How long the guest may take to become ready; the template's if not given.")
  var readyWithin: Span?
  @Flag(help: "Keep a guest that does not become ready, so that it can be looked at.")
  var keepFailed = false
  @Flag(help: "Boot the guest, also when its template is warm.")
  var boot = false
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  var body: LaunchBody {
    var body = LaunchBody(name: name, template: template)
    body.cpus = cpus
    body.memory = memory
    body.disk = disk?.rawValue
    body.diskSize = diskSize
    body.readyWithin = readyWithin?.wire
    body.keepFailed = keepFailed ? true : nil
    body.boot = boot ? true : nil
    return body
  }

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.guests, name)
    let operation: OperationView = try await session.client.post(Routes.guests, body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let guest: InfoView<GuestView> = try await session.client.get(path)
    try session.show(guest) { GuestText.arrival(guest.item, after: done) }
  }
}

/// What becomes of a guest's writes.
enum DiskChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case persistent, ephemeral
}

extension Span {
  /// As the API reads it.
  var wire: String {
    let milliseconds = Int64((seconds * 1000).rounded())
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }
}
