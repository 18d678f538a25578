import Covey
import CoveyEngine
import Glibc
import Support
import Synchronization
import Testing

@testable import CoveyHypervisor

/// Moves that cannot succeed, or are cut off: the guest stays where it was, whole, and nothing is left elsewhere.
@Suite(.serialized) struct LayerMoveTests {
  /// The place seems to have room when the move begins.
  @Test(.enabled(if: geteuid() == 0, "mounts take root"))
  func aPlaceThatFillsUpDuringAMoveLeavesTheGuestWhereItWas() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        for (number, verb) in ["copying", "mirroring"].enumerated() {
          let small = SmallDisk(in: "\(lab.root)/small\(number)")
          // Before the machine starts, which has mounts of its own.
          try small.mount()
          defer { small.unmount() }
          let trial = try await MoveTrial(lab, "full\(number)") { point, operation in
            guard point.moment == .before,
              operation.steps[point.step].stage.hasPrefix(verb)
            else { return }
            small.fill(leaving: 256 << 10)
          }
          let ended = try await trial.move(to: "\(small.path)/guest")
          #expect(ended.status == .failed)
          #expect(ended.problem?.code == .noSpace, "\(verb): \(String(describing: ended.problem))")
          #expect(try HostFiles.names(in: small.path) == ["ballast"])
          try await trial.expectWhole()
        }
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "mounts take root"))
  func aPlaceThatFillsUpWhileTheCopyIsKeptTheSameLeavesTheGuestWhereItWas() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let small = SmallDisk(in: "\(lab.root)/small")
        try small.mount()
        defer { small.unmount() }
        let trial = try await MoveTrial(lab, "late") { point, operation in
          guard point.moment == .after, case .mirrorLayer = operation.steps[point.step] else {
            return
          }
          small.fill(leaving: 0)
          let domain = try? await lab.link.connection().domain(named: "late")
          guard let domain else { return }
          _ = try? await lab.write([MoveTrial.lateWrite], to: domain)
        }
        let ended = try await trial.move(to: "\(small.path)/guest")
        #expect(ended.status == .failed)
        #expect(try HostFiles.names(in: small.path) == ["ballast"])
        try await trial.expectWhole(with: MoveTrial.lateWrite)
      }
    }
  }

  /// The mount is taken away, and the folder under it is there: empty, and on another file system.
  @Test(
    .enabled(if: geteuid() == 0, "mounts take root"),
    arguments: ["move/1/before", "move/2/before", "move/2/after"])
  func aPlaceThatVanishesDuringAMoveLeavesTheGuestWhereItWas(_ moment: String) async {
    await #expect(processExitsWith: .success) { [moment = moment as String] in
      try await LayerLab.with { lab in
        let small = SmallDisk(in: "\(lab.root)/small")
        try small.mount()
        let trial = try await MoveTrial(lab, "gone") { point, _ in
          if point.description == moment { small.unmount() }
        }
        let ended = try await trial.move(to: "\(small.path)/guest")
        #expect(ended.status == .failed, "\(ended.steps)")
        #expect(
          ended.problem?.message.contains(small.path) == true,
          "\(String(describing: ended.problem))")
        #expect(try HostFiles.names(in: small.path).isEmpty)
        try await trial.expectWhole()
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "mounts take root"))
  func placesThatCannotHoldADiskAreRefusedBeforeAnythingIsDone() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let trial = try await MoveTrial(lab, "stay") { _, _ in }
        let small = SmallDisk(in: "\(lab.root)/small")
        try small.mount(mebibytes: 16)
        defer { small.unmount() }
        let full = try await trial.move(to: "\(small.path)/guest")
        #expect(full.problem?.code == .noSpace)
        try HostFiles.makeFolder("\(lab.elsewhere)/theirs")
        try HostFiles.write("x".utf8, to: "\(lab.elsewhere)/theirs/disk.qcow2", mode: 0o600)
        let theirs = try await trial.move(to: "\(lab.elsewhere)/theirs")
        #expect(theirs.problem?.code == .exists)
        #expect(try HostFiles.text(of: "\(lab.elsewhere)/theirs/disk.qcow2", limit: 9) == "x")
        small.makeReadOnly()
        let sealed = try await trial.move(to: "\(small.path)/guest")
        #expect(sealed.problem?.code == .invalid)
        #expect(try HostFiles.names(in: small.path).isEmpty)
        try await trial.expectWhole()
      }
    }
  }

  /// The way out for a guest that turned to copies which fill the place that they lie in.
  @Test(.enabled(if: geteuid() == 0, "mounts take root"))
  func aMoveThatIsDoneAgainNeedsNoRoomForWhatItLeft() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let small = SmallDisk(in: "\(lab.root)/small")
        try small.mount()
        defer { small.unmount() }
        let trial = try await MoveTrial(lab, "again") { _, _ in }
        let (guest, folder) = (try await trial.daemon.guest(trial.name), "\(small.path)/guest")
        try await lab.layers.claim(folder, for: guest)
        try await lab.layers.copy(0, of: guest, to: folder, rate: nil) { _ in }
        let left = HostFiles.space(of: "\(folder)/disk.qcow2").bytes
        #expect(left > 1 << 20)
        // Room for the rest, and not for all.
        let rest = await lab.layers.usage(of: guest).total.bytes - left
        small.fill(leaving: Int(LibvirtLayers.margin.bytes + rest + left / 2))
        try await lab.layers.check(folder, for: guest)
        await trial.daemon.end()
      }
    }
  }

  /// From the turn on the machine's disk is what the mirror was said to be: libvirt gives what is not kept from it to QEMU's
  /// account, the sealed image too.
  @Test func aMirrorStandsOnTheSameFilesAsTheDefinition() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let trial = try await MoveTrial(lab, "same") { _, _ in }
        let target = try await lab.layers.moved(
          trial.daemon.guest(trial.name), to: "\(lab.elsewhere)/same")
        let mirror = try lab.layers.mirrorDisk(1, of: target).element.serialised()
        let definition = try lab.hypervisor.machine(of: target, from: lab.template).document()
        #expect(mirror.contains("relabel=\"no\"") || mirror.contains("relabel='no'"))
        #expect(
          try #require(definition.disks.first?.element["backingStore"]).serialised()
            == GuestMachine.disk(
              of: [lab.files.layer(1, of: target), lab.files.layer(0, of: target)],
              on: lab.templateDisk
            ).element["backingStore"]?.serialised())
        await trial.daemon.end()
      }
    }
  }

  /// A copy over itself would be empty, and a clearing of where it was would remove the only one.
  @Test(arguments: [true, false])
  func aMoveToTheSamePlaceByAnotherNameTouchesNothing(isOff: Bool) async {
    await #expect(processExitsWith: .success) { [isOff] in
      try await LayerLab.with { lab in
        let trial = try await MoveTrial(lab, "self") { _, _ in }
        let alias = "/proc/self/root\(lab.root)/g/self"
        let guest = try await trial.daemon.guest(trial.name)
        if isOff { try await trial.daemon.ask(.stop(within: .zero, force: true), of: trial.name) }
        let ended = try await trial.move(to: alias)
        #expect(ended.status == .failed && ended.problem?.code == .invalid)
        // Each step alone, as a plan of an older covey would do it.
        let found = await problem {
          try await lab.layers.copy(0, of: guest, to: alias, rate: nil) { _ in }
        }
        #expect(found?.code == .conflict)
        if !isOff {
          let found = await problem {
            try await lab.layers.mirror(1, of: guest, to: alias, rate: nil) { _ in }
          }
          #expect(found?.code == .conflict)
        }
        try await lab.layers.clear(alias, of: guest, below: 9)
        if isOff { try await trial.daemon.ask(.start, of: trial.name) }
        try await trial.expectWhole()
      }
    }
  }

  /// QEMU turned to the copy, and the plan was given up before covey heard of it: the guest writes to the copy from then on.
  @Test func aMoveWhoseTurnWasNeverHeardOfIsFinishedAndNothingIsLost() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        let ledger = Mutex<Ledger?>(nil)
        let trial = try await MoveTrial(lab, "turned") { point, operation in
          guard point.description == "move/3/before" else { return }
          // The first move alone.
          let book = ledger.withLock { book in
            defer { book = nil }
            return book
          }
          let domain = try? await lab.link.connection().domain(named: "turned")
          guard let book, let domain else { return }
          try? await domain.endBlockJob(on: GuestMachine.target, .pivot)
          _ = try? await lab.write([MoveTrial.lateWrite], to: domain)
          let problem = Problem(.unavailable, subject: "test", "it broke", hint: "none")
          try? await book.record([.operationFailed(operation.id, problem, undone: false)])
          while !Task.isCancelled { await Task.yield() }
        }
        ledger.withLock { $0 = trial.daemon.ledger }
        let first = try await trial.move(to: "\(lab.elsewhere)/turned")
        #expect(first.status == .failed)
        #expect(try await trial.daemon.guest(trial.name).disks.folder == nil)
        lab.killMachine("turned")
        try await trial.daemon.ask(.stop(within: .zero, force: true), of: trial.name)
        let start = try await trial.daemon.ask(.start, of: trial.name)
        #expect(
          start.problem?.code == .conflict && start.problem?.hint.contains("disk move") == true)
        // It failed, and might have a machine.
        try await trial.daemon.ask(.stop(within: .zero, force: true), of: trial.name)
        // Whatever else would have the record's word stand: the definition, which is the only other, would be lost.
        let taken = try SnapshotRequest(name: Samples.name("late"))
        for request in [
          GuestRequest.snapshot(taken), .restore(RestoreRequest(snapshot: Samples.name("a"))),
          .deleteSnapshot(Samples.name("a")), .flatten, .rebase(onto: lab.elder.digest),
        ] {
          let ended = try await trial.daemon.ask(request, of: trial.name)
          #expect(ended.problem?.hint.contains("disk move") == true, "\(request)")
        }
        let stale = try await trial.daemon.guest(trial.name)
        let copied = await problem {
          _ = try await lab.layers.extract(1, of: stale, onTemplate: false, near: nil) { _ in }
        }
        #expect(copied?.code == .conflict)
        #expect(try await trial.move(to: "\(lab.elsewhere)/turned").status == .done)
        try await trial.daemon.ask(.start, of: trial.name)
        try await trial.expectWhole(with: MoveTrial.lateWrite, in: "\(lab.elsewhere)/turned")
      }
    }
  }

  /// Both where the disk lay and where it goes to are elsewhere.
  @Test func aForcedDeleteDuringAMoveLeavesNothingAnywhere() async {
    await #expect(processExitsWith: .success) {
      try await LayerLab.with { lab in
        for step in 0..<6 {
          let name = Samples.name("gone\(step)")
          let trial = try await MoveTrial(lab, name.text) { point, operation in
            guard operation.verb == "move", point.step == step, point.moment == .before,
              operation.steps.contains(where: \.leadsElsewhere)
            else { return }
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
          }
          let first = try await trial.move(to: "\(lab.places[0])/\(name)", isHome: true)
          #expect(first.status == .done)
          let request = try MoveRequest(folder: "\(lab.places[1])/\(name)")
          _ = try await trial.daemon.ledger.request(.moveDisk(request), on: name)
          _ = await trial.daemon.ledger.inventory { inventory in
            inventory.operation(on: name)?.cursor == step
          }
          lab.killMachine(name.text)
          try await trial.daemon.ask(.delete(force: true), of: name)
          for folder in ["\(lab.root)/g"] + lab.places {
            #expect(try !HostFiles.names(in: folder).contains(name.text), "step \(step): \(folder)")
          }
          await trial.daemon.end()
        }
      }
    }
  }
}

extension GuestAction {
  fileprivate var leadsElsewhere: Bool {
    guard case .claimFolder(let folder?, _) = self else { return false }
    return folder.hasPrefix("/dev/shm/")
  }
}

/// A guest with a snapshot whose disk is moved.
struct MoveTrial {
  let lab: LayerLab
  let daemon: LayerDaemon
  let name: Name
  private let content: DiskContent
  private let frozen: DiskContent

  static let lateWrite = DiskWrite(sectors: 2560..<6656, byte: 0xEE)
  private static let writes = [
    DiskWrite(sectors: 1000..<3048, byte: 1), DiskWrite(sectors: 4000..<6048, byte: 2),
  ]

  init(
    _ lab: LayerLab, _ text: String,
    reached: @escaping @Sendable (FaultPoint, Operation) async -> Void
  ) async throws {
    self.lab = lab
    name = Samples.name(text)
    daemon = try lab.daemon(on: lab.stocked(), reached: reached)
    _ = try await daemon.launch(name)
    let guest = try await daemon.guest(name)
    var content = LayerLab.pristine
    try await lab.write([Self.writes[0]], to: guest)
    content.apply(Self.writes[0])
    frozen = content
    try await daemon.ask(.snapshot(SnapshotRequest(name: Samples.name("a"))), of: name)
    try await lab.write([Self.writes[1]], to: guest)
    content.apply(Self.writes[1])
    self.content = content
  }

  func move(to folder: String, isHome: Bool = false) async throws -> Operation {
    try await daemon.ask(.moveDisk(MoveRequest(folder: folder)), of: name)
  }

  /// It runs on where it was, and everything is as it should be.
  func expectWhole(with late: DiskWrite? = nil, in folder: String? = nil) async throws {
    let guest = try await daemon.guest(name)
    #expect(guest.disks.folder == folder && guest.state == .running)
    let domain = try await lab.hypervisor.requireDomain(of: guest)
    guard case .running = try await domain.state() else {
      Issue.record("it does not run")
      return
    }
    lab.killMachine(name.text)
    try await daemon.ask(.stop(within: .zero, force: true), of: name)
    var now = content
    if let late { now.apply(late) }
    let book = DiskBook(now: now, states: [Samples.name("a"): frozen])
    let found = try await LayerInspection(
      lab: lab, guest: daemon.guest(name), book: book
    ).complaints()
    #expect(found.isEmpty, "\(found.joined(separator: "; "))")
    await daemon.end()
  }
}

/// A file system of its own in memory. Needs root.
struct SmallDisk: Sendable {
  let path: String

  init(in path: String) { self.path = path }

  func mount(mebibytes: Int = 80) throws {
    try HostFiles.makeFolder(path)
    guard Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
      throw HostFiles.problem("cannot mount", path)
    }
  }

  func makeReadOnly() { _ = Glibc.mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) }

  /// Takes all space but some bytes.
  func fill(leaving rest: Int) {
    guard let free = DiskSpace(at: path)?.free.bytes else { return }
    let file = open("\(path)/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    posix_fallocate(file, 0, off_t(Int(free) - rest))
    close(file)
  }

  func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
