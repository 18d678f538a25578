import Foundation
import Testing

@testable import Covey

/// Words of refusals, and qemu-img's answers.
@Suite struct ImageRefusalTests {
  static let all: [ImageRefusal] = [
    .unprintablePath, .relativePath, .climbingPath, .noFile(kind: "pipe"), .empty,
    .fileTooLarge(.gibibytes(9), limit: .gibibytes(1)), .beingWritten, .changed, .unknownFormat,
    .mismatch(declared: .raw, found: "a qcow2 image"), .disguised("a qcow2 image"), .foreign(.vdi),
    .version("qcow2", 9), .partSector(1), .truncated, .malformed("x"),
    .virtualSize(0, limit: .gibibytes(1)), .virtualSize(.max, limit: .gibibytes(1)),
    .backingFile("x"), .dataFile(nil), .scattered(type: "x", files: ["a", "b", "c", "d", "e"]),
    .encrypted("AES"), .snapshots(1), .dirty, .corrupt, .unknownFeatures(32), .unknownExtension(9),
    .disagreement("size", own: "1", qemu: "2"),
  ]

  @Test(arguments: all)
  func everyRefusalSaysWhatOnWhichImageWhyAndWhatNext(refusal: ImageRefusal) {
    let problem = refusal.problem(of: "/images/a.qcow2")
    #expect(problem.code != .internal)
    #expect(problem.subject == "image /images/a.qcow2")
    #expect(problem.message.hasPrefix("cannot take the image /images/a.qcow2: "))
    #expect(!problem.message.hasSuffix("."))
    #expect(!problem.hint.isEmpty)
  }

  @Test func longNamesAreShortened() {
    let name = ImageBytes.shown([UInt8](repeating: 0x61, count: 1000))
    #expect(name.count == 123)
    #expect(name.hasSuffix("..."))
  }

  private func answer(_ extra: String, format: String = "qcow2", size: Int = 1 << 20) throws
    -> ImageReport
  {
    let text = """
      {"format": "\(format)", "virtual-size": \(size), "filename": "source", "cluster-size": 65536,
       "dirty-flag": false\(extra)}
      """
    return try JSONDecoder().decode(ImageReport.self, from: Data(text.utf8))
  }

  private func verdict() throws -> ImageVerdict { try ImageVerdict(ImageBytes(QcowSample().bytes)) }

  @Test func anAnswerThatAgreesIsTaken() throws {
    let extra = """
      , "format-specific": {"type": "qcow2", "data": {"compat": "1.1", "corrupt": false}},
      "children": [{"name": "file", "info": {}}]
      """
    try answer("").agree(with: verdict(), file: "source")
    try answer(extra).agree(with: verdict(), file: "source")
  }

  @Test(arguments: [
    (#", "backing-filename": "/etc/passwd""#, ImageRefusal.backingFile("/etc/passwd")),
    (#", "encrypted": true"#, .encrypted("a key")),
    (#", "snapshots": [{"id": "1"}]"#, .snapshots(1)),
    (#", "format-specific": {"data": {"data-file": "/x"}}"#, .dataFile("/x")),
    (#", "format-specific": {"data": {"corrupt": true}}"#, .corrupt),
    (
      #", "format-specific": {"data": {"extents": [{"filename": "/x"}]}}"#,
      .scattered(type: "qcow2", files: ["/x"])
    ),
    (
      #", "children": [{"name": "data-file"}]"#,
      .disagreement("set of files", own: "file", qemu: "data-file")
    ),
  ])
  func anAnswerWithSomethingElseInItIsRefused(extra: String, refusal: ImageRefusal) throws {
    let report = try answer(extra)
    let verdict = try verdict()
    #expect(throws: refusal) { try report.agree(with: verdict, file: "source") }
  }

  @Test func anAnswerThatDiffersIsRefused() throws {
    let verdict = try verdict()
    let other = try answer("", format: "raw")
    #expect(throws: ImageRefusal.disagreement("format", own: "qcow2", qemu: "raw")) {
      try other.agree(with: verdict, file: "source")
    }
    let larger = try answer("", size: 2 << 20)
    #expect(throws: ImageRefusal.disagreement("virtual size", own: "1048576", qemu: "2097152")) {
      try larger.agree(with: verdict, file: "source")
    }
  }
}
