import Covey
import Foundation
import Testing

@testable import CoveyHypervisor

struct CloudSeedTests {
  private static let isoinfo = Program(name: "isoinfo", package: "genisoimage")
  private static let userData = "#cloud-config\nhostname: größer\n"

  private func read(_ file: String, of disc: String) async throws -> String {
    try await Self.isoinfo.run(
      ["-i", disc, "-J", "-x", "/\(file)"], to: "read the disc", subject: "test"
    ).text
  }

  private func seed(
    _ name: String = "one", uuid: String = GuestSamples.uuid, network: String? = nil
  ) throws -> CloudSeed {
    CloudSeed(
      guest: GuestSamples.guest(name, uuid: uuid),
      cloudInit: try CloudInit(userData: Self.userData, networkConfig: network),
      path: "\(try TestPlace.folder("seed"))/seed.iso")
  }

  @Test func theDiscSaysWhoTheGuestIs() async throws {
    let seed = try seed(network: "version: 2\n")
    try await seed.make()
    #expect(try await read("user-data", of: seed.path) == Self.userData)
    #expect(
      try await read("meta-data", of: seed.path)
        == "instance-id: \(GuestSamples.uuid)\nlocal-hostname: one\n")
    #expect(try await read("network-config", of: seed.path) == "version: 2\n")
    let facts = try await Self.isoinfo.run(["-i", seed.path, "-d"], to: "look", subject: "test")
    #expect(facts.text.contains("Volume id: cidata\n"))
    #expect(try #require(HostFiles.facts(of: seed.path)).st_mode & 0o777 == 0o600)
    #expect(try HostFiles.names(in: HostFiles.parent(of: seed.path)) == ["seed.iso"])
  }

  @Test func aDiscThatIsThereStaysAndEachGuestHasItsOwn() async throws {
    let one = try seed()
    try await one.make()
    let first = try #require(HostFiles.facts(of: one.path))
    try await one.make()
    #expect(try #require(HostFiles.facts(of: one.path)).st_ino == first.st_ino)
    let two = try seed("two", uuid: "00000000-0000-4000-8000-0000000000aa")
    #expect(two.metaData != one.metaData)
  }

  @Test func whatAKilledDaemonLeftIsNotInTheWay() async throws {
    let seed = try seed()
    try HostFiles.makeFolder(seed.path + ".files")
    try HostFiles.write([1], to: seed.path + ".files/user-data", mode: 0o600)
    try HostFiles.write([1], to: seed.path + ".new", mode: 0o600)
    try await seed.make()
    #expect(try await read("user-data", of: seed.path) == Self.userData)
  }

  @Test func documentsThatAreTooLongAreRefused() {
    let long = String(repeating: "x", count: CloudInit.longest + 1)
    #expect(throws: Refusal.self) { try CloudInit(userData: "#" + long) }
    #expect(throws: Refusal.self) { try CloudInit(userData: "#!", networkConfig: long) }
  }

  @Test(arguments: ["", "packages: [nginx]\n", " #cloud-config\n"])
  func whatCloudInitWouldIgnoreIsRefused(_ text: String) {
    #expect(throws: Refusal.self) { try CloudInit(userData: text) }
  }

  @Test(arguments: ["#cloud-config\n", "#!/bin/sh\n", "Content-Type: multipart/mixed\n"])
  func whatCloudInitKnowsIsTaken(_ text: String) throws {
    #expect(try CloudInit(userData: text).userData == text)
  }
}
