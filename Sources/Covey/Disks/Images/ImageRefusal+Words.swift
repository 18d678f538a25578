extension ImageRefusal {
  /// The refusal in words.
  ///
  /// - `path`: of the image, as the user gave it.
  public func problem(of path: String) -> Problem {
    let path = Self.shown(path)
    let words = place ?? kind ?? reference ?? state
    return Problem(
      words.code, subject: "image \(path)", "cannot take the image \(path): \(words.reason)",
      hint: words.hint)
  }

  /// A path without what a terminal would obey.
  private static func shown(_ path: String) -> String {
    let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator]
    let scalars = path.unicodeScalars.map {
      hidden.contains($0.properties.generalCategory) ? "?" : $0
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private typealias Words = (code: Problem.Code, reason: String, hint: String)

  private static let again = "copy it again from where it comes from, and compare the digests"
  private static let flatten =
    "if you know what it names and trust it, make one whole image where its files are: "
    + "qemu-img convert -O qcow2 IMAGE NEW"
  private static let unread = "covey reads no file that an image names"

  private var place: Words? {
    switch self {
    case .unprintablePath:
      (.invalid, "its path has a line end or another control character", "rename the file")
    case .relativePath:
      (.invalid, "its path does not begin with a slash", "give the whole path")
    case .climbingPath:
      (.invalid, "its path has \"..\" in it", "give the path without \"..\"")
    case .noFile(let kind):
      (.invalid, "it is a \(kind) and not a file", "give the file itself")
    case .empty: (.invalid, "it is empty", Self.again)
    case .fileTooLarge(let size, let limit):
      (.limit, "the file has \(size), and at most \(limit) are taken", "make the disk smaller")
    case .beingWritten:
      (
        .inUse, "a running machine has it open for writing",
        "stop that machine first, or copy its disk with a backup of it"
      )
    case .changed:
      (
        .conflict, "it changed while it was read", "wait until nobody writes to it, then try again"
      )
    default: nil
    }
  }

  private var kind: Words? {
    switch self {
    case .unknownFormat:
      (
        .invalid, "it begins like none of the formats qcow2 and vmdk",
        "if it is the bare content of a disk, say so: --image-format raw"
      )
    case .mismatch(let declared, let found):
      (
        .invalid, "it was declared to be \(declared.rawValue), but it is \(found)",
        "declare what it is, or nothing"
      )
    case .disguised(let found):
      (
        .invalid, "it was declared to be raw, but it begins or ends as \(found) does",
        "a guest can write that into its own disk to reach files of the host; if it is honest, do not declare it raw"
      )
    case .foreign(let foreign): (.unsupported, "it is \(foreign.words)", foreign.hint)
    case .version(let format, let version):
      (
        .unsupported, "it is \(format) of version \(version), which covey does not know",
        "convert it first, where it comes from: qemu-img convert -O qcow2 IMAGE NEW"
      )
    case .partSector(let bytes):
      (.invalid, "its \(bytes) bytes are no whole number of sectors of 512 bytes", Self.again)
    case .truncated: (.invalid, "it ends before its header does", Self.again)
    case .malformed(let what): (.invalid, "its header is wrong: \(what)", Self.again)
    case .virtualSize(let bytes, let limit): Self.size(bytes, limit)
    default: nil
    }
  }

  private static func size(_ bytes: UInt64, _ limit: ByteCount) -> Words {
    guard bytes > UInt64(limit.bytes) else {
      return (
        .invalid, "the disk in it has \(bytes) bytes, which is no disk's size", Self.again
      )
    }
    let size = bytes > UInt64(Int64.max) ? "\(bytes)B" : "\(ByteCount(bytes: Int64(bytes)))"
    return (
      .limit, "the disk in it has \(size), and at most \(limit) are taken",
      limit < ImageLimits.largestVirtualSize
        ? "make the disk smaller, or raise the quota" : "make the disk smaller"
    )
  }

  private var reference: Words? {
    switch self {
    case .backingFile(let name):
      (.invalid, "it stands on another file: \"\(name)\"; \(Self.unread)", Self.flatten)
    case .dataFile(let name):
      (
        .invalid,
        "its data lie in another file: \"\(name ?? "a name that is not in the header")\"; "
          + Self.unread, Self.flatten
      )
    case .scattered(let type, let files):
      (
        .invalid,
        "it is a VMDK of the type \(type), whose data lie in other files\(Self.list(files)); "
          + Self.unread, Self.flatten
      )
    default: nil
    }
  }

  private static func list(_ files: [String]) -> String {
    guard !files.isEmpty else { return "" }
    let names = files.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
    return ": " + names + (files.count > 3 ? " and \(files.count - 3) more" : "")
  }

  private var state: Words {
    switch self {
    case .encrypted(let method):
      (
        .unsupported, "it is encrypted with \(method)", "decrypt it first, where it comes from"
      )
    case .snapshots(let count):
      (
        .unsupported,
        "it holds \(count) internal snapshot\(count == 1 ? "" : "s"), of which covey would keep none",
        "choose one and make an image of it: qemu-img convert -l NAME -O qcow2 IMAGE NEW"
      )
    case .dirty:
      (
        .invalid, "it was not closed by the machine that wrote to it",
        "stop that machine, or mend the image where it comes from: qemu-img check -r all IMAGE"
      )
    case .corrupt:
      (
        .invalid, "QEMU marked it as corrupt",
        "mend it where it comes from, if it can be: qemu-img check -r all IMAGE"
      )
    case .unknownFeatures(let bits):
      (
        .unsupported,
        "it needs features that covey does not know: bits 0x"
          + String(bits, radix: 16),
        "convert it first, where it comes from: qemu-img convert -O qcow2 IMAGE NEW"
      )
    case .unknownExtension(let type):
      (
        .unsupported,
        "its header has an extension that covey does not know: 0x"
          + String(type, radix: 16),
        "convert it first, where it comes from: qemu-img convert -O qcow2 IMAGE NEW"
      )
    case .disagreement(let what, let own, let qemu):
      (
        .invalid,
        "covey and qemu-img read it differently: the \(what) is \(own) to one and \(qemu) "
          + "to the other", Self.again
      )
    default: (.internal, "a refusal has no words: \(self)", "")
    }
  }
}
