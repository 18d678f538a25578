import Covey
import Glibc
import Support
import Testing

@testable import CoveyHypervisor

@Suite struct LayerPlaceTests {
  private let root: String
  private let guest = Samples.guest("two")
  private var state: String { "\(root)/state" }
  private var home: String { "\(state)/guests/two" }

  init() throws {
    root = try TestPlace.folder("place")
    try HostFiles.makeFolder("\(root)/pool")
    try HostFiles.makeFolder("\(root)/state/guests/two")
  }

  private func place(_ folder: String) -> LayerPlace {
    LayerPlace(folder: folder, guest: guest, mode: 0o700)
  }

  private func refusal(of folder: String) async -> Problem? {
    await problem {
      try place(folder).check(room: .mebibytes(1), besides: home, outside: state)
    }
  }

  @Test func aFreeFolderIsTaken() async throws {
    #expect(await refusal(of: "\(root)/pool/two") == nil)
    try place("\(root)/pool/two").claim()
    #expect(await refusal(of: "\(root)/pool/two") == nil)
  }

  @Test func aFullPlaceIsAnsweredWithAnotherOneAndOwnFilesWithRoomForThem() async throws {
    let moved = await problem {
      try place("\(root)/pool/two").check(
        room: .gibibytes(1 << 20), besides: home, outside: state)
    }
    #expect(moved?.code == .noSpace && moved?.hint.hasSuffix("choose another place") == true)
    let own = DiskSpace.full("cannot make it", subject: "test", at: root)
    #expect(own.hint.contains("covey disk move GUEST --to"))
  }

  @Test func aFolderWithAnyLayerAndNoMarkIsAnothers() throws {
    #expect(try LayerPlace.standing(of: home, for: guest) == .free)
    #expect(try LayerPlace.standing(of: "\(root)/missing", for: guest) == .free)
    try HostFiles.write([1], to: "\(home)/console.log", mode: 0o600)
    #expect(try LayerPlace.standing(of: home, for: guest) == .free)
    try HostFiles.write([1], to: "\(home)/disk.7.qcow2", mode: 0o600)
    #expect(try LayerPlace.standing(of: home, for: guest) == .anothers)
    try HostFiles.write("uuid-two".utf8, to: "\(home)/owner", mode: 0o600)
    #expect(try LayerPlace.standing(of: home, for: guest) == .ours)
  }

  @Test func aMarkThatCannotBeReadIsNobodysLeave() async throws {
    try HostFiles.makeFolder("\(home)/owner")
    #expect(await problem { _ = try LayerPlace.standing(of: home, for: guest) }?.code == .invalid)
  }

  /// It would be copied over itself, and then removed.
  @Test func whereTheLayersLieAlreadyIsNoOtherPlaceByWhateverName() async throws {
    let moved = place("\(root)/pool/two")
    try moved.claim()
    try HostFiles.link("\(root)/pool", at: "\(root)/link")
    for name in ["\(root)/pool/two", "\(root)/link/two", "/proc/self/root\(root)/pool/two"] {
      let found = await problem {
        try place(name).check(room: .mebibytes(1), besides: moved.folder, outside: nil)
      }
      #expect(found?.code == .invalid, "\(name)")
    }
  }

  /// What lies there would be removed with the other guest.
  @Test func noDiskGoesIntoCoveysOwnFoldersOrAnotherGuests() async throws {
    try HostFiles.makeFolder("\(root)/elsewhere/one/below")
    try HostFiles.write(
      "00000000-0000-4000-8000-000000000001".utf8, to: "\(root)/elsewhere/one/owner", mode: 0o600)
    try HostFiles.link(state, at: "\(root)/link")
    for name in [
      "\(state)/two", "\(state)/guests/two/two", "/proc/self/root\(state)/guests/two",
      "\(root)/link/guests/two", "\(root)/elsewhere/one/two", "\(root)/elsewhere/one/below/two",
    ] {
      #expect(await refusal(of: name)?.code == .invalid, "\(name)")
    }
  }

  @Test func aMarkThatIsThereIsNotWrittenAgain() throws {
    let place = place("\(root)/pool/two")
    try place.claim()
    let before = HostFiles.facts(of: "\(place.folder)/owner")?.st_mtim.tv_nsec
    let file = HostFiles.facts(of: "\(place.folder)/owner")?.st_ino
    try place.claim()
    #expect(HostFiles.facts(of: "\(place.folder)/owner")?.st_mtim.tv_nsec == before)
    #expect(HostFiles.facts(of: "\(place.folder)/owner")?.st_ino == file)
  }

  @Test func aMarkThatWasCutOffIsMadeAgain() throws {
    let place = place("\(root)/pool/two")
    try HostFiles.makeFolder(place.folder)
    try HostFiles.write([], to: "\(place.folder)/owner.new", mode: 0o600)
    try place.claim()
    #expect(try HostFiles.names(in: place.folder) == ["owner"])
    try place.clear(below: 1, keepsFolder: false)
    #expect(HostFiles.facts(of: place.folder) == nil)
  }

  @Test func measuringLeavesNothing() throws {
    #expect(try place("\(root)/pool/two").measureRate() > 0)
    #expect(try HostFiles.names(in: "\(root)/pool") == [])
  }
}
