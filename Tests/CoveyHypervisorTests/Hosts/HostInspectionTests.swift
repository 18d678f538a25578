import Covey
import Foundation
import Testing

@testable import CoveyHypervisor

struct HostInspectionTests {
  @Test func whatIsThereIsNotMissing() {
    let needs = [HostInspection.Need(program: "sh", package: "dash", purpose: "everything")]
    #expect(HostInspection().missing(needs).isEmpty)
  }

  @Test func whatIsMissingIsToldInOrderWithItsPackageAndPurpose() throws {
    let needs = ["covey-none-b", "sh", "covey-none-a"].map {
      HostInspection.Need(program: $0, package: "\($0)-package", purpose: "flying")
    }
    let missing = HostInspection().missing(needs)
    #expect(
      missing.map(\.what) == [
        "covey-none-b is missing; it is needed for flying",
        "covey-none-a is missing; it is needed for flying",
      ])
    #expect(missing.map(\.mend).first == "apt-get install covey-none-b-package")
    #expect(missing.allSatisfy { $0.severity == .error })
  }

  @Test func aProgramOfTheAdministratorIsFoundOutsideThePath() throws {
    let mke2fs = try #require(HostInspection.find("mke2fs"))
    #expect(mke2fs.hasPrefix("/"))
    #expect(access(mke2fs, X_OK) == 0)
  }

  @Test func everyNeedNamesAPackageAndAPurpose() {
    for need in HostInspection.needs {
      #expect(!need.package.isEmpty && !need.purpose.isEmpty, "\(need.program)")
    }
    #expect(Set(HostInspection.needs.map(\.program)).count == HostInspection.needs.count)
  }

  @Test func versionsComeFromTheConnectionAndAreEmptyWithoutOne() async {
    let link = LibvirtLink(uri: "test:///default")
    let versions = await HostInspection().versions(on: link)
    await link.close()
    #expect(versions["libvirt"]?.split(separator: ".").count == 3)
    #expect(versions["hypervisor"] != nil)
    let nowhere = LibvirtLink(uri: "test:///nowhere/node.xml")
    #expect(await HostInspection().versions(on: nowhere).isEmpty)
  }
}
