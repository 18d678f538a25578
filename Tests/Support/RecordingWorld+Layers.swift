import Covey
import CoveyEngine

extension RecordingWorld: Layers {
  public func add(_ layer: Int, on parent: Int, of guest: Guest) throws {
    try note("addLayer", guest.name)
    layerFiles[guest.name, default: []].insert(layer)
  }
  public func drop(_ layer: Int, of guest: Guest) throws {
    try note("dropLayer", guest.name)
    layerFiles[guest.name]?.remove(layer)
  }
  public func turn(_ guest: Guest, to layer: Int, as snapshot: Snapshot) throws
    -> Snapshot.Consistency
  {
    try note("turn", guest.name)
    if let memory = snapshot.memory { memoryFiles[guest.name, default: []].insert(memory) }
    guard isRunning(guest) else { return guest.consistencyAtRest }
    return snapshot.memory == nil ? .crash : .memory
  }
  public func pull(
    _ layer: Int, into child: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) throws {
    try note("pull", guest.name)
    layerFiles[guest.name]?.remove(layer)
  }
  public func commit(
    _ layer: Int, into parent: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) throws {
    try note("commit", guest.name)
    layerFiles[guest.name]?.remove(layer)
  }
  public func survey(_ folder: String?, for guest: Guest) throws -> MoveSurvey {
    try note("survey", guest.name)
    return MoveSurvey(
      folder: folder ?? "home", usage: usage(of: guest), free: .gibibytes(1), rate: 1e9)
  }
  public func check(_ folder: String?, for guest: Guest) throws { try note("check", guest.name) }
  public func claim(_ folder: String?, for guest: Guest) throws {
    try note("claim", guest.name)
    copies[guest.name] = []
  }
  public func copy(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) throws {
    try note("copyLayer", guest.name)
    copies[guest.name]?.insert(layer)
  }
  public func copyMemory(
    _ memory: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) throws { try note("copyMemory", guest.name) }
  public func mirror(
    _ layer: Int, of guest: Guest, to folder: String?, rate: ByteCount?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) async throws {
    try note("mirror", guest.name)
    report(WorkDone(done: .mebibytes(1), total: .mebibytes(2)))
    copies[guest.name]?.insert(layer)
    await mirrored?()
    while isSlow { try await Task.sleep(for: .milliseconds(1)) }
  }
  public func stopMirror(of guest: Guest) throws { try note("stopMirror", guest.name) }
  public func pivot(_ guest: Guest, to folder: String?) throws { try note("pivot", guest.name) }
  public func mendLeaks(of guest: Guest) throws { try note("mendLeaks", guest.name) }
  /// A look that most steps begin with: it is not noted.
  public func requireRecorded(_ guest: Guest) throws {
    if let fault = faults["requireRecorded"] { throw fault.problem }
  }
  public func clear(_ folder: String?, of guest: Guest, below limit: Int) throws {
    try note("clear", guest.name)
    copies[guest.name] = nil
  }
  public func extract(
    _ layer: Int, of guest: Guest, onTemplate: Bool, near path: String?,
    report: @escaping @Sendable (WorkDone) -> Void
  ) throws -> String {
    try note("extract", guest.name)
    extracts.insert(guest.name)
    return "/extract"
  }
  public func dropExtract(of guest: Guest, near path: String?) throws {
    try note("dropExtract", guest.name)
    extracts.remove(guest.name)
  }
  public func flatten(
    _ layer: Int, of guest: Guest, report: @escaping @Sendable (WorkDone) -> Void
  ) throws { try note("flatten", guest.name) }
  public func rebase(_ layer: Int, of guest: Guest, onto digest: String) throws {
    try note("rebase", guest.name)
  }
  public func resize(_ guest: Guest, to size: ByteCount) throws { try note("resize", guest.name) }
  public func space(at folder: String) -> PlaceSpace? {
    PlaceSpace(capacity: .gibibytes(10), free: .gibibytes(4))
  }
  public func checkPlace(_ folder: FolderPath) throws {
    if let fault = faults["checkPlace"] { throw fault.problem }
  }
  public func isSame(_ folder: FolderPath, as other: FolderPath) -> Bool {
    (aliases[folder.text] ?? folder.text) == other.text
  }
  public func storagePools() -> [StoragePlace] { places }
  public func dropMemory(_ memory: Int, of guest: Guest) throws {
    try note("dropMemory", guest.name)
    memoryFiles[guest.name]?.remove(memory)
  }
  public func copyFirmwareState(_ state: Int, to copy: Int, of guest: Guest) throws {
    try note("copyFirmwareState", guest.name)
  }
  public func dropFirmwareState(_ state: Int, of guest: Guest) throws {
    try note("dropFirmwareState", guest.name)
  }
  public func resume(_ guest: Guest, from memory: Int, of template: Template) throws {
    try note("resume", guest.name)
    turnOn(guest)
  }
  public func size(of layer: Int, of guest: Guest) -> ByteCount { .mebibytes(64) }
  public func usage(of guest: Guest) -> LayerUsage { LayerUsage(layers: [:], memories: [:]) }
  public func difference(between old: Int, and new: Int, of guest: Guest) -> ByteCount {
    .mebibytes(1)
  }
}
