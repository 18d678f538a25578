import Covey
import Support
import Testing

/// When guests are forked, and what becomes of the warm sets that they are forked from.
struct ForkRulesTests {
  @Test func aGuestOfAWarmTemplateIsForked() throws {
    let plan = try plan(request())
    #expect(
      plan.steps == [
        .forkDisk(from: "w1"), .define, .forkMachine(from: "w1"), .identify, .exposePorts,
        .awaitHealth(within: LaunchRequest.forkReadyWithin),
      ])
    #expect(
      plan.fallback == [
        .destroy, .removeDisk, .createDisk, .define, .startMachine, .exposePorts,
        .awaitHealth(within: .seconds(60)),
      ])
  }

  @Test func itIsBootedWhereThatWasAskedFor() throws {
    let plan = try plan(request(boots: true))
    #expect(plan.steps.first == .createDisk && plan.fallback == nil)
  }

  @Test func aGuestOfAnotherSizeIsBootedAndToldWhatWouldForkTheNext() throws {
    let plan = try plan(request(cpus: 2))
    #expect(plan.steps.first == .createDisk)
    #expect(plan.setback?.code == .notFound)
    #expect(
      plan.setback?.hint.contains("covey template warm tiny-web --cpus 2 --memory 128MiB") == true)
  }

  @Test func nobodyIsToldOfForksThatAreNotWantedOrCannotBe() throws {
    #expect(try plan(request(boots: true)).setback == nil)
    #expect(try plan(request()).setback == nil)
    var inventory = Inventory()
    inventory.templates["d1"] = template(identity: nil)
    #expect(try plan(request(), in: inventory).setback == nil)
  }

  @Test func setsOfOlderVersionsAndReplacedOnesAreSuperseded() {
    var inventory = warmInventory()
    #expect(inventory.supersededWarmSets.isEmpty)
    let other = Samples.warmSet("w2", machine: Samples.machine(cpus: 2))
    inventory.warmSets["w2"] = other
    #expect(inventory.supersededWarmSets.isEmpty)
    inventory.templates["d2"] = Samples.template(digest: "d2", at: 2)
    #expect(Set(inventory.supersededWarmSets.map(\.id)) == ["w1", "w2"])
  }

  @Test func aRefusedSetIsNotForkedFrom() throws {
    var inventory = warmInventory()
    inventory.warmSets["w1"]?.refuse(Problem(.outdated, "QEMU is another"))
    let plan = try plan(request(), in: inventory)
    #expect(plan.steps.first == .createDisk)
    #expect(plan.setback?.message == "QEMU is another")
  }

  @Test func aStandbyIsPausedOnceItHasAnswered() throws {
    let plan = try plan(request(isStandby: true))
    #expect(plan.steps.last == .pause && plan.ending == .becomes(.standby))
    #expect(plan.fallback?.last == .pause)
    #expect(!plan.steps.contains(.enterBalancer))
  }

  @Test func everyStepOfAForkThatMadeSomethingHasAnUndo() throws {
    let undone = try plan(request()).steps.compactMap(\.undo)
    #expect(undone == [.removeDisk, .undefine, .destroy])
  }

  @Test(arguments: [Problem.Code.altered, .outdated, .notFound])
  func aSetThatCannotGetBetterIsRefusedAtOnce(_ code: Problem.Code) {
    var set = Samples.warmSet()
    set.forkFailed(Problem(code, "it does not fit"))
    #expect(set.refusal?.code == code)
  }

  @Test func aSetIsRefusedWhenForksKeepFailing() {
    var set = Samples.warmSet()
    for _ in 1..<WarmSet.failuresAllowed { set.forkFailed(Problem(.deadline, "no answer")) }
    #expect(set.refusal == nil)
    set.forkSucceeded()
    for _ in 1...WarmSet.failuresAllowed { set.forkFailed(Problem(.deadline, "no answer")) }
    #expect(set.refusal?.code == .deadline)
  }

  @Test func aHostWithoutRoomSaysNothingAboutTheSet() {
    var set = Samples.warmSet()
    for _ in 1...10 { set.forkFailed(Problem(.noSpace, "full")) }
    #expect(set.refusal == nil && set.failures == 0)
  }

  @Test func fingerprintsSayWhatDiffers() {
    let old = Samples.warmSet().fingerprint
    let new = Fingerprint(
      qemu: "7.2.23", machine: old.machine, cpu: old.cpu, accelerator: .kvm, devices: old.devices,
      image: old.image)
    #expect(old.differences(from: old).isEmpty)
    #expect(
      old.differences(from: new) == ["QEMU 7.2.22 -> 7.2.23", "accelerator tcg -> kvm"])
  }

  @Test func aTemplateWithoutIdentityOrWithABalloonIsNotKeptWarm() {
    let plain = template(identity: nil)
    let balloon = template(balloon: .reporting)
    #expect(warming(plain) == .refuse(.noIdentity(plain.name)))
    #expect(warming(balloon) == .refuse(.balloonInFork(balloon.name, .reporting)))
    #expect(Refusal.balloonInFork(balloon.name, .reporting).problem.message.contains("punch holes"))
  }

  @Test func aTemplateThatIsWarmStaysAsItIs() {
    let request = WarmRequest(template: Samples.name("tiny-web"))
    guard case .ignore(let reason) = request.decide(in: warmInventory(), with: Samples.facts())
    else {
      Issue.record("not ignored")
      return
    }
    #expect(reason.contains("w1"))
  }

  @Test func theMachineThatIsMadeWarmHasAnAddressThatNoGuestGets() {
    guard case .proceed(let plan) = warming(template()) else {
      Issue.record("refused")
      return
    }
    let pool = Samples.facts().pool
    #expect(plan.machine.address == pool.warming)
    #expect(pool.warming.number == pool.first.number - 1)
  }

  private func warming(_ template: Template) -> Decision<WarmRequest.Plan> {
    var inventory = Inventory()
    inventory.templates[template.digest] = template
    return WarmRequest(template: template.name).decide(in: inventory, with: Samples.facts())
  }

  private func template(
    identity: IdentityCarrier? = .channel, balloon: MemoryBalloon = .none
  ) -> Template {
    let plain = Samples.template()
    return Template(
      name: plain.name, digest: plain.digest, summary: "", machine: plain.machine,
      kernelArguments: "", balloon: balloon, identity: identity, ports: plain.ports,
      health: plain.health, files: plain.files, created: .zero)
  }

  private func warmInventory() -> Inventory {
    var inventory = Samples.inventory()
    inventory.warmSets["w1"] = Samples.warmSet()
    return inventory
  }

  private func request(
    cpus: Int? = nil, boots: Bool = false, isStandby: Bool = false
  ) -> LaunchRequest {
    LaunchRequest(
      name: Samples.name("db"), template: Samples.name("tiny-web"), cpus: cpus, boots: boots,
      isStandby: isStandby)
  }

  private func plan(_ request: LaunchRequest, in inventory: Inventory? = nil) throws -> Plan {
    let decision = request.decide(in: inventory ?? warmInventory(), with: Samples.facts())
    guard case .proceed(let launch) = decision else { throw CancellationError() }
    return launch.plan
  }
}
