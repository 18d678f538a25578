import Covey
import Foundation
import Testing

@testable import coveyd

struct StateFolderTests {
  @Test func allFoldersArePrivate() throws {
    let place = try ShortFolder()
    let state = StateFolder(root: "\(place.path)/a/b")
    try state.make()
    let below = ["", "guests", "templates", "cache", "libvirt", "libvirt/etc", "balancers"]
    for folder in below {
      #expect(try place.mode(of: "a/b/\(folder)") == 0o700, "\(folder)")
    }
  }

  @Test func anotherAccountsQEMUMayPassThroughButListsNothing() throws {
    let place = try ShortFolder()
    try StateFolder(root: "\(place.path)/state").make(opensToQEMU: true)
    for folder in ["", "guests", "templates"] {
      #expect(try place.mode(of: "state/\(folder)") == 0o711, "\(folder)")
    }
    for folder in ["cache", "libvirt", "balancers"] {
      #expect(try place.mode(of: "state/\(folder)") == 0o700, "\(folder)")
    }
  }

  /// The owner's own folder keeps its mode: it may be one that others use too, such as /tmp.
  @Test func inAFolderThatIsOpenToOthersAllThatCoveyMakesIsPrivate() async throws {
    let place = try ShortFolder()
    let root = "\(place.path)/state"
    try FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    let daemon = try DaemonProcess(state: root)
    _ = await daemon.said("serves")
    let made = try FileManager.default.contentsOfDirectory(atPath: root)
    #expect(made.contains("covey.sqlite"))
    #expect(made.contains("coveyd.sock"))
    for name in made { #expect(try place.mode(of: "state/\(name)") & 0o077 == 0, "\(name)") }
    #expect(try place.mode(of: "state") == 0o755)
    daemon.signal(SIGTERM)
    _ = await daemon.end()
  }

  @Test func makingItAgainChangesNothing() throws {
    let place = try ShortFolder()
    let state = StateFolder(root: place.path)
    try state.make()
    _ = try place.write("kept", to: "guests/kept")
    let settings = FileManager.default.contents(atPath: "\(state.libvirt)/etc/qemu.conf")
    try state.make()
    #expect(FileManager.default.contents(atPath: "\(state.libvirt)/etc/qemu.conf") == settings)
    #expect(FileManager.default.fileExists(atPath: "\(state.guests)/kept"))
  }

  @Test func theEmbeddedDriverIsToldToWriteToFiles() throws {
    let place = try ShortFolder()
    try StateFolder(root: place.path).make()
    let text = try String(
      contentsOfFile: "\(place.path)/libvirt/etc/qemu.conf", encoding: .utf8)
    #expect(text.contains("stdio_handler = \"file\""))
    #expect(text.contains("user = \"root\"") == (geteuid() == 0))
  }

  @Test func settingsOfTheOwnerAreKept() throws {
    let place = try ShortFolder()
    let state = StateFolder(root: place.path)
    try FileManager.default.createDirectory(
      atPath: "\(state.libvirt)/etc", withIntermediateDirectories: true)
    _ = try place.write("stdio_handler = \"logd\"\n", to: "libvirt/etc/qemu.conf")
    try state.make()
    #expect(
      try String(contentsOfFile: "\(state.libvirt)/etc/qemu.conf", encoding: .utf8)
        == "stdio_handler = \"logd\"\n")
  }

  @Test func aPlaceThatCannotBeAFolderIsNamed() throws {
    let place = try ShortFolder()
    let file = try place.write("a file", to: "state")
    let refused = #expect(throws: Problem.self) { try StateFolder(root: file).make() }
    #expect(refused?.code == .unavailable)
    #expect(refused?.subject == file)
    #expect(refused?.hint.contains("--state") == true)
  }
}
