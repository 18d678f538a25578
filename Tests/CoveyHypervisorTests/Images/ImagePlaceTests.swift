import Covey
import Glibc
import Testing

@testable import CoveyHypervisor

/// What lies at the path of an image, and what happens there meanwhile.
@Suite(.timeLimit(.minutes(2))) struct ImagePlaceTests {
  @Test(arguments: [
    ("link", "is a link"), ("pipe", "is a pipe"), ("socket", "is a socket"),
    ("folder", "is a folder"), ("empty", "is empty"),
  ])
  func whatIsNoFileIsRefused(kind: String, word: String) async throws {
    let lab = try ImageLab()
    let path = lab.path(kind)
    let socket: ListeningSocket? = kind == "socket" ? try ListeningSocket(path) : nil
    switch kind {
    case "link": try HostFiles.link(try await lab.qcow2(), at: path)
    case "pipe": #expect(mkfifo(path, 0o600) == 0)
    case "folder": try HostFiles.makeFolder(path)
    case "empty": _ = try lab.file("empty", [])
    default: break
    }
    for declared in [nil, ImageFormat.raw] {
      let problem = try await lab.refusal(of: path, declared: declared)
      #expect(problem.code == .invalid)
      #expect(problem.message.contains(word), "\(problem)")
    }
    #expect(socket?.wasCalled != true)
  }

  @Test(arguments: ["/dev/null", "/dev/zero", "/dev/tty"])
  func aDeviceIsRefused(path: String) async throws {
    let problem = try await ImageLab().refusal(of: path, declared: .raw)
    #expect(problem.message.contains("is a device"))
  }

  @Test(.enabled(if: geteuid() == 0)) func aDeviceIsNotEvenOpened() async throws {
    let lab = try ImageLab()
    let path = lab.path("device")
    // No driver has this number, so that opening it would fail with another reason.
    #expect(mknod(path, S_IFCHR | 0o600, 0xFFF00) == 0)
    let problem = try await lab.refusal(of: path, declared: .raw)
    #expect(problem.message.contains("is a device"))
  }

  @Test func whatTheKernelMakesUpIsRefused() async throws {
    let lab = try ImageLab()
    let problem = try await lab.refusal(of: "/proc/self/environ", declared: .raw)
    #expect(problem.message.contains("is empty"))
  }

  @Test func aMissingFileIsNamed() async throws {
    let lab = try ImageLab()
    let problem = try await lab.refusal(of: lab.path("none"))
    #expect(problem.code == .notFound)
    #expect(problem.message.contains(lab.path("none")))
  }

  @Test func aPathThatClimbsIsRefused() async throws {
    let lab = try ImageLab()
    _ = try await lab.qcow2()
    let problem = try await lab.refusal(of: "\(lab.place)/shelf/../a.qcow2")
    #expect(problem.message.contains("\"..\""))
  }

  @Test func aRelativePathIsRefused() async throws {
    #expect(try await ImageLab().refusal(of: "a.qcow2").message.contains("slash"))
  }

  @Test func aLineEndInAPathIsRefused() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    try HostFiles.rename(image, to: lab.path("a\nb"))
    let problem = try await lab.refusal(of: lab.path("a\nb"))
    #expect(problem.message.contains("a?b"))
    #expect(!problem.message.contains("\n"))
  }

  @Test func aLinkOnTheWayIsFollowed() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    try HostFiles.link(lab.place, at: lab.path("way"))
    let taken = try await lab.take("\(lab.path("way"))/a.qcow2")
    #expect(try await taken.digest == FileDigest.of(image))
  }

  @Test func aFileWithASecondNameIsTaken() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    #expect(Glibc.link(image, lab.path("b.qcow2")) == 0)
    _ = try await lab.take(lab.path("b.qcow2"))
  }

  @Test(.enabled(if: geteuid() != 0)) func anUnreadableFileIsRefused() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    try HostFiles.setMode(0, of: image)
    let problem = try await lab.refusal(of: image)
    #expect(problem.code == .invalid)
    #expect(problem.message.contains("Permission denied"))
  }

  /// Files of several chunks, last changed long ago.
  private func large(_ lab: ImageLab) throws -> String {
    let path = try lab.file("a.raw", [UInt8](repeating: 3, count: 4 << 20))
    try HostFiles.setTimes(1_000_000_000, of: path)
    return path
  }

  @Test(arguments: [0, 1 << 20, 3 << 20, 4 << 20 - 1, 4 << 20 + 1, 64 << 20])
  func aFileWhoseLengthChangesMeanwhileIsRefused(length: Int) async throws {
    let lab = try ImageLab()
    let path = try large(lab)
    let problem = try await lab.refusal(of: path, declared: .raw) { _ in
      truncate(path, off_t(length))
    }
    #expect(problem.code == .conflict)
    #expect(problem.message.contains("changed while it was read"))
  }

  @Test func aFileThatIsWrittenToMeanwhileIsRefused() async throws {
    let lab = try ImageLab()
    let path = try large(lab)
    let problem = try await lab.refusal(of: path, declared: .raw) { _ in
      try? lab.patch(path, at: 0, [9])
    }
    #expect(problem.code == .conflict)
  }

  /// What is put at the path meanwhile does not matter: the file that was opened is the one that is taken.
  @Test func aFileThatIsSwappedMeanwhileIsTheOneThatWasOpened() async throws {
    let lab = try ImageLab()
    let path = try large(lab)
    let digest = try await FileDigest.of(path)
    let watch = try OpeningWatch(lab.secret)
    let taken = try await lab.take(path, declared: .raw) { progress in
      guard progress.stage == .copying else { return }
      try? HostFiles.rename(path, to: path + ".old")
      try? HostFiles.link(lab.secret, at: path)
    }
    #expect(taken.digest == digest)
    #expect(!watch.wasOpened)
  }

  @Test func theDiskOfARunningMachineIsRefused() async throws {
    let lab = try ImageLab()
    let path = try large(lab)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await lab.qemuIO(path, format: "raw", "write -P 8 0 512", "sleep 60000") }
      defer { group.cancelAll() }
      // It has its locks before it writes.
      while HostFiles.facts(of: path)?.st_mtim.tv_sec == 1_000_000_000 {
        try await Task.sleep(for: .milliseconds(10))
      }
      let problem = try await lab.refusal(of: path, declared: .raw)
      #expect(problem.code == .inUse)
      #expect(problem.message.contains("running machine"))
    }
    _ = try await lab.take(path, declared: .raw)
  }
}
