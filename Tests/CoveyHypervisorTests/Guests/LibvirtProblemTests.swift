import Covey
import Libvirt
import Testing

@testable import CoveyHypervisor

struct LibvirtProblemTests {
  static let codes: [(LibvirtError.Code, Problem.Code)] = [
    (.connectionClosed, .unknownOutcome), (.rpc, .unknownOutcome),
    (.invalidConnection, .unknownOutcome), (.operationTimeout, .conflict),
    (.resourceBusy, .conflict), (.overloaded, .conflict), (.noSupport, .unsupported),
    (.configurationUnsupported, .unsupported), (.argumentUnsupported, .unsupported),
    (.operationUnsupported, .unsupported), (.internalError, .unavailable),
    (.operationFailed, .unavailable), (.unreported, .unavailable), (.noMemory, .unavailable),
  ]

  @Test(arguments: codes)
  func eachOfLibvirtsCodesBecomesOneOfCoveys(_ libvirts: LibvirtError.Code, _ coveys: Problem.Code)
  {
    let error = LibvirtError(code: libvirts, message: "words", function: "virDomainCreate")
    let problem = Problem(error, doing: "starting", to: GuestSamples.guest())
    #expect(problem.code == coveys)
    #expect(problem.subject == "guest db")
    #expect(problem.message.contains("starting guest \"db\""))
    #expect(!problem.hint.isEmpty)
    #expect(!problem.message.contains("virDomainCreate"))
  }

  @Test func libvirtsOwnWordsAreToldWhereTheyHelp() {
    let error = LibvirtError(code: .operationFailed, message: "no space", function: "f")
    #expect(
      Problem(error, doing: "starting", to: GuestSamples.guest()).message
        == "starting guest \"db\" failed: no space")
  }
}
