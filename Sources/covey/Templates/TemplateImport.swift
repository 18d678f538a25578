import ArgumentParser
import CoveyWire
import Foundation

/// `covey template import`: makes a template of a disk image from elsewhere.
struct TemplateImport: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a template of a disk image from elsewhere.",
    discussion: """
      Takes qcow2, raw and vmdk images that boot by themselves, such as distributions' cloud images. The image is judged \
      before QEMU sees it, copied, and never used itself. With --user-data each guest gets a disc for cloud-init's NoCloud \
      source, with an instance-id of its own.

      Without --health-port and --health-kind a guest counts as ready once its machine runs.

      Example:
        covey template import debian.qcow2 --name debian --memory 1GiB --user-data user-data.yaml --port 22
      """)

  @Argument(help: "The image.") var image: String
  @Option(help: "The template's name.") var name: String
  @Option(help: "raw, qcow2 or vmdk; raw images must be declared.")
  var imageFormat: ImageChoice?
  @Option(help: "One line for people.") var summary: String?
  @Option(help: "Virtual CPUs (1 if not given).") var cpus: Int?
  @Option(help: "Memory (1GiB if not given).") var memory: String?
  @Option(help: "What starts the image: bios or uefi.") var firmware: FirmwareChoice = .bios
  @Option(help: "A TCP port that guests serve; may be repeated.") var port: [Int] = []
  @Option(help: "How a guest shows that it serves: http, tcp or agent (http if not given).")
  var healthKind: HealthChoice?
  @Option(help: "The port at which a guest shows that it serves.") var healthPort: Int?
  @Option(help: "The path that is asked for there.") var healthPath: String?
  @Option(help: "How long a guest may take to answer.") var readyWithin: Span?
  @Option(help: "A file with cloud-init's user-data.") var userData: String?
  @Option(help: "A file with cloud-init's network-config.") var networkConfig: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      "\(Routes.templates)/import", try body())
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let template: InfoView<TemplateView> = try await session.client.get(
      ObjectPath.of(Routes.templates, name))
    try session.show(template) {
      ExchangeText.imported(done) + TemplateText.info(template.item, session.style)
    }
  }

  private func body() throws -> ImageBody {
    var body = ImageBody(name: name, path: HostPath.absolute(image))
    body.format = imageFormat?.rawValue
    body.summary = summary
    body.cpus = cpus
    body.memory = memory
    body.firmware = firmware.rawValue
    body.ports = port
    body.healthKind = healthKind?.rawValue
    body.healthPort = healthPort
    body.healthPath = healthPath
    body.readyWithin = readyWithin?.wire
    body.userData = try userData.map(Self.text)
    body.networkConfig = try networkConfig.map(Self.text)
    return body
  }

  private static func text(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(data: data, encoding: .utf8)
    else {
      throw ErrorView(
        code: "invalid", message: "the file \(path) cannot be read as text", subject: path,
        hint: "check its path and its permissions")
    }
    return text
  }
}

enum ImageChoice: String, CaseIterable, ExpressibleByArgument, Sendable { case raw, qcow2, vmdk }

enum HealthChoice: String, CaseIterable, ExpressibleByArgument, Sendable { case http, tcp, agent }

enum FirmwareChoice: String, CaseIterable, ExpressibleByArgument, Sendable { case bios, uefi }
