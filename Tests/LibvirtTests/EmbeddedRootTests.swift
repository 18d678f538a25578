import Foundation
import Testing

@testable import Libvirt

struct EmbeddedRootTests {
  @Test func aRootIsReadFromItsAddress() {
    for path in ["/var/lib/covey/libvirt", "/tmp/a b&c"] {
      #expect(EmbeddedRoot(uri: EmbeddedRoot(path).uri)?.path == path)
    }
    for uri in ["qemu:///system", "test:///default", "qemu:///embed", "qemu:///embed?other=/x"] {
      #expect(EmbeddedRoot(uri: uri) == nil)
    }
  }

  @Test func onlyMachinesThatNeverBeganAreForgotten() throws {
    let folder = try TemporaryFolder()
    let records = folder.path + "/run/qemu"
    try FileManager.default.createDirectory(
      atPath: records, withIntermediateDirectories: true)
    for (name, pid) in [("begun", 4711), ("unbegun", 0)] {
      let text = """
        <!-- pid='0' -->
        <domstatus state='paused' reason='starting up' pid='\(pid)'>
          <vcpu id='0' pid='0'/>
        </domstatus>
        """
      try text.write(toFile: "\(records)/\(name).xml", atomically: false, encoding: .utf8)
    }
    try "0".write(toFile: "\(records)/driver.pid", atomically: false, encoding: .utf8)
    let root = EmbeddedRoot(folder.path)
    #expect(try root.forgetUnbegunMachines() == ["unbegun"])
    #expect(try root.forgetUnbegunMachines() == [])
    let left = try FileManager.default.contentsOfDirectory(atPath: records)
    #expect(Set(left) == ["begun.xml", "driver.pid"])
    #expect(try EmbeddedRoot(folder.path + "/none").forgetUnbegunMachines() == [])
  }
}
