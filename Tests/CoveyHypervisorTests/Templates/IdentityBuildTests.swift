import Glibc
import Testing

@testable import CoveyHypervisor

/// A template whose forks hear who they are carries the program for it.
@Suite struct IdentityBuildTests {
  @Test func theProgramIsOneStaticFileInItsPlace() async throws {
    var bytes: [[UInt8]] = []
    for _ in 0..<2 {
      let folder = try TestPlace.folder("identity")
      let root = try RootTree(path: "\(folder)/root", subject: "test")
      try await IdentityBuild.add(to: root, work: folder)
      let program = "\(root.path)/usr/lib/covey/identity"
      let facts = try #require(HostFiles.facts(of: program))
      #expect(facts.st_mode & 0o777 == 0o755)
      let folders = try #require(HostFiles.facts(of: "\(root.path)/usr/lib/covey"))
      #expect(folders.st_mode & 0o777 == 0o755)
      var whole: [UInt8] = []
      let file = open(program, O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      try HostFiles.readAll(file, program) { whole += $0 }
      bytes.append(whole)
    }
    #expect(bytes[0] == bytes[1], "the same source gives the same program")
    #expect(!needsLinker(bytes[0]))
  }

  /// Whether an ELF file of 64 bits has a program header of the kind PT_INTERP.
  private func needsLinker(_ file: [UInt8]) -> Bool {
    func number(at place: Int, bytes count: Int) -> Int {
      file[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let (table, size, count) = (
      number(at: 32, bytes: 8), number(at: 54, bytes: 2), number(at: 56, bytes: 2)
    )
    return (0..<count).contains { number(at: table + $0 * size, bytes: 4) == 3 }
  }
}
