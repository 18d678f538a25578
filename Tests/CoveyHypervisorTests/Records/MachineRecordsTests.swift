import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// Records beside a real QEMU that has gone on since they were written.
struct MachineRecordsTests {
  @Test func aSnapshotThatLibvirtNeverHeardOfIsInItsRecord() async throws {
    try await StoppedMachine.use { machine in
      try machine.open(2, "over")
      try machine.monitor().tell(
        "blockdev-snapshot",
        ["node": .text("libvirt-1-format"), "overlay": .text("libvirt-2-format")])
      machine.mend()
      let over = [machine.path("over"), machine.path("base")]
      #expect(try machine.record().disks.map(\.files) == [over])
      #expect(try machine.definition().contains("<source file='\(over[0])'/>"))
      #expect(try machine.nodes() == Set([1, 2].flatMap(StoppedMachine.names)))
      let once = try machine.record()
      machine.mend()
      #expect(try machine.record() == once)
    }
  }

  @Test func whatABackupLeftIsTakenAway() async throws {
    let job = "<job type='none' async='backup' flags='0x0' asyncStarted='1'/>"
    try await StoppedMachine.use(saying: job) { machine in
      try machine.monitor().tell(
        "block-dirty-bitmap-add",
        ["node": .text("libvirt-1-format"), "name": .text("backup-vda")])
      try machine.backUp(as: "backup-vda-libvirt-1-format")
      machine.mend()
      #expect(try machine.monitor().jobs().isEmpty)
      #expect(try machine.nodes() == Set(StoppedMachine.names(1)))
      let graph = try machine.monitor().graph()
      #expect(graph.images.allSatisfy { $0.bitmaps.isEmpty })
      #expect(try machine.record().root["job"] == nil)
      #expect(try machine.record().disks.map(\.files) == [[machine.path("base")]])
    }
  }

  @Test func whatLibvirtKnowsOfIsLeftToIt() async throws {
    let job = "backup-vda-libvirt-1-format"
    let words = "<blockjobs active='yes'><blockjob name='\(job)' type='backup'/></blockjobs>"
    try await StoppedMachine.use(saying: words) { machine in
      try machine.backUp(as: job)
      let before = try machine.record()
      machine.mend()
      #expect(try machine.record() == before)
      #expect(try machine.monitor().jobs().map(\.id) == [job])
    }
  }

  @Test func aRecordWhoseMachineIsGoneStays() async throws {
    try await StoppedMachine.use { machine in
      let before = try machine.record()
      machine.end()
      machine.mend()
      #expect(try machine.record() == before)
    }
  }
}

/// A QEMU without a system, whose disk is `base`, and a root of libvirt's that tells of it.
private final class StoppedMachine {
  private let folder: String
  private let process = Process()

  static func use(saying words: String = "", _ test: (StoppedMachine) async throws -> Void)
    async throws
  {
    let machine = try await StoppedMachine(words)
    defer { machine.remove() }
    try await test(machine)
  }

  private init(_ words: String) async throws {
    folder = try HostFiles.makeTemporaryFolder("/tmp/cvr-")
    for part in ["run/qemu", "etc/qemu"] { try HostFiles.makeFolder("\(folder)/\(part)") }
    for image in ["base", "over"] {
      try await Program.qemuImg.run(
        ["create", "-q", "-f", "qcow2", path(image), "1M"], to: "cannot make an image",
        subject: "test")
    }
    let disk = """
      <disk type='file' device='disk'>
        <source file='\(path("base"))' index='1'/><backingStore/><target dev='vda'/>
        <privateData><qom name='/machine/peripheral/virtio-disk0/virtio-backend'/></privateData>
      </disk>
      """
    let domain = "<domain><name>one</name><devices>\(disk)</devices></domain>"
    let record = """
      <domstatus><monitor path='\(path("m"))'/>\(words)<nodename index='1'/>\(domain)</domstatus>
      """
    try HostFiles.write(record.utf8, to: path("run/qemu/one.xml"), mode: 0o600)
    try HostFiles.write(domain.utf8, to: path("etc/qemu/one.xml"), mode: 0o600)
    process.executableURL = URL(filePath: "/usr/bin/qemu-system-x86_64")
    process.arguments = [
      "-machine", "pc", "-accel", "tcg", "-m", "32", "-S", "-nodefaults", "-display", "none",
      "-qmp", "unix:\(path("m")),server=on,wait=off",
      "-blockdev", "driver=file,node-name=libvirt-1-storage,filename=\(path("base"))",
      "-blockdev", "driver=qcow2,node-name=libvirt-1-format,file=libvirt-1-storage",
      "-device", "virtio-blk-pci,drive=libvirt-1-format,id=virtio-disk0",
    ]
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func names(_ number: Int) -> [String] {
    ["libvirt-\(number)-format", "libvirt-\(number)-storage"]
  }

  /// Waits for QEMU, or for whoever spoke with it before.
  func monitor() throws -> QemuMonitor {
    while process.isRunning {
      if let monitor = try QemuMonitor(at: path("m")) { return monitor }
      usleep(5000)
    }
    throw CancellationError()
  }

  func open(_ number: Int, _ image: String) throws {
    let (format, storage) = (Self.names(number)[0], Self.names(number)[1])
    let monitor = try monitor()
    try monitor.tell(
      "blockdev-add",
      ["driver": .text("file"), "node-name": .text(storage), "filename": .text(path(image))])
    try monitor.tell(
      "blockdev-add",
      ["driver": .text("qcow2"), "node-name": .text(format), "file": .text(storage)])
  }

  /// Begins a job, which then waits for somebody who finishes it.
  func backUp(as job: String) throws {
    try open(3, "over")
    let monitor = try monitor()
    try monitor.tell(
      "blockdev-backup",
      [
        "job-id": .text(job), "device": .text("libvirt-1-format"),
        "target": .text("libvirt-3-format"), "sync": .text("full"), "auto-finalize": .flag(false),
        "auto-dismiss": .flag(false),
      ])
    #expect(try monitor.jobs().map(\.id) == [job])
  }

  func mend() { MachineRecords(root: folder, logger: nil).mend() }

  func record() throws -> MachineRecord {
    try #require(
      MachineRecord(parsing: HostFiles.text(of: path("run/qemu/one.xml"), limit: 1 << 20)))
  }

  func definition() throws -> String {
    try HostFiles.text(of: path("etc/qemu/one.xml"), limit: 1 << 20)
  }

  func nodes() throws -> Set<String> { Set(try monitor().graph().own) }

  func end() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func remove() {
    end()
    try? HostFiles.remove(folder)
  }
}
