import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// Records beside a real QEMU that has gone on since they were written.
struct MachineRecordsTests {
  @Test func aSnapshotThatLibvirtNeverHeardOfIsInItsRecord() async throws {
    try await StoppedMachine.use { machine in
      try machine.snapshot()
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
    let words =
      "<blockjobs active='yes'><blockjob name='\(job)' type='backup' state='running'/></blockjobs>"
    try await StoppedMachine.use(saying: words) { machine in
      try machine.backUp(as: job)
      // Of these libvirt had no time to hear, and counts no further than 1.
      try machine.open(7, "other")
      var expected = try machine.record()
      expected.countNames(upTo: ["libvirt-7-format"])
      machine.mend()
      #expect(try machine.record() == expected)
      #expect(try machine.monitor().jobs().map(\.id) == [job])
      #expect(try machine.nodes() == Set([1, 3].flatMap(StoppedMachine.names)))
    }
  }

  /// libvirt says "ready" until QEMU has been told to turn, and would take a copy that is over for one that was given up.
  @Test func aDiskThatTurnedToItsCopyHasTurned() async throws {
    try await StoppedMachine.use(saying: Self.copy, inDisk: Self.mirror) { machine in
      try machine.copy()
      try machine.monitor().tell("job-complete", ["id": .text(Self.copyJob)])
      try machine.reaches(Self.copyJob, "concluded")
      machine.mend()
      let disk = try #require(try machine.record().disks.first)
      #expect(disk.files == [machine.path("over")])
      #expect(disk.mirror == nil)
      #expect(try machine.definition().contains("<source file='\(machine.path("over"))'/>"))
      #expect(try machine.monitor().jobs().isEmpty)
      #expect(try machine.nodes() == Set(StoppedMachine.names(3)))
    }
  }

  /// libvirt cannot open again what a copy stands on.
  @Test(arguments: ["opened", "marked"])
  func aTurnThatWasCutOffIsGivenUp(_ how: String) async throws {
    try await StoppedMachine.use(saying: Self.copy, inDisk: Self.mirror) { machine in
      try machine.copy()
      let before = try machine.record().disks
      machine.mend()
      #expect(try machine.record().disks == before, "a copy is followed until it turns")
      #expect(try machine.monitor().jobs().count == 1)
      if how == "opened" {
        try machine.open(4, "other")
      } else {
        try machine.monitor().tell(
          "block-dirty-bitmap-add",
          ["node": .text("libvirt-3-format"), "name": .text("libvirt-tmp-activewrite")])
      }
      machine.mend()
      let disk = try #require(try machine.record().disks.first)
      #expect(disk.files == [machine.path("base")])
      #expect(disk.mirror == nil)
      #expect(try machine.monitor().jobs().isEmpty)
      #expect(try machine.nodes() == Set(StoppedMachine.names(1)))
    }
  }

  @Test func changesThatNobodyMergedAreForgotten() async throws {
    try await StoppedMachine.use { machine in
      try machine.snapshot()
      try machine.monitor().tell(
        "block-dirty-bitmap-add",
        [
          "node": .text("libvirt-2-format"), "name": .text("covey-1"), "persistent": .flag(true),
        ])
      machine.mend()
      #expect(try machine.monitor().graph().images.flatMap(\.bitmaps).map(\.name) == ["covey-1"])
      try machine.monitor().tell(
        "block-stream",
        [
          "job-id": .text("pull"), "device": .text("libvirt-2-format"),
          "auto-dismiss": .flag(false),
        ])
      try machine.reaches("pull", "concluded")
      machine.mend()
      #expect(try machine.record().disks.map(\.files) == [[machine.path("over")]])
      #expect(try machine.monitor().graph().images.allSatisfy { $0.bitmaps.isEmpty })
      #expect(try machine.nodes() == Set(StoppedMachine.names(2)))
    }
  }

  private static let copyJob = "copy-vda-libvirt-1-format"
  private static let copy = """
    <blockjobs active='yes'><blockjob name='\(copyJob)' type='copy' state='ready'>
    <disk dst='vda' mirror='yes'/></blockjob></blockjobs>
    """
  private static let mirror = """
    <mirror type='file' job='copy' ready='yes'><format type='qcow2'/>
    <source file='/over' index='3'><privateData><nodenames>
    <nodename type='storage' name='libvirt-3-storage'/><nodename type='format' name='libvirt-3-format'/>
    </nodenames></privateData></source>
    <backingStore type='file' index='4'><source file='/other'><privateData><nodenames>
    <nodename type='storage' name='libvirt-4-storage'/><nodename type='format' name='libvirt-4-format'/>
    </nodenames></privateData></source><backingStore/></backingStore></mirror>
    """

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

  static func use(
    saying words: String = "", inDisk: String = "", _ test: (StoppedMachine) async throws -> Void
  ) async throws {
    let machine = try await StoppedMachine(words, inDisk)
    defer { machine.remove() }
    try await test(machine)
  }

  private init(_ words: String, _ inDisk: String) async throws {
    folder = try HostFiles.makeTemporaryFolder("/tmp/cvr-")
    for part in ["run/qemu", "etc/qemu"] { try HostFiles.makeFolder("\(folder)/\(part)") }
    for image in ["base", "over", "other"] {
      try await Program.qemuImg.run(
        ["create", "-q", "-f", "qcow2", path(image), "1M"], to: "cannot make an image",
        subject: "test")
    }
    let disk = """
      <disk type='file' device='disk'>
        <source file='\(path("base"))' index='1'><privateData><nodenames>
        <nodename type='storage' name='libvirt-1-storage'/>
        <nodename type='format' name='libvirt-1-format'/>
        </nodenames></privateData></source>
        <backingStore/>\(inDisk)<target dev='vda'/>
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
  func monitor() throws -> QEMUMonitor {
    while process.isRunning {
      if let monitor = try QEMUMonitor(at: path("m")) { return monitor }
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

  /// Has the machine turn to `over`, which then stands on `base`.
  func snapshot() throws {
    try open(2, "over")
    try monitor().tell(
      "blockdev-snapshot",
      ["node": .text("libvirt-1-format"), "overlay": .text("libvirt-2-format")])
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

  /// Copies the disk to `over`, until it could turn to that.
  func copy() throws {
    try open(3, "over")
    try monitor().tell(
      "blockdev-mirror",
      [
        "job-id": .text("copy-vda-libvirt-1-format"), "device": .text("libvirt-1-format"),
        "target": .text("libvirt-3-format"), "sync": .text("full"), "auto-dismiss": .flag(false),
      ])
    try reaches("copy-vda-libvirt-1-format", "ready")
  }

  func reaches(_ job: String, _ status: String) throws {
    let monitor = try monitor()
    while try monitor.jobs().first(where: { $0.id == job })?.status != status { usleep(5000) }
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
