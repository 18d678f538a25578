import Covey
import Support
import Testing

struct GuestIdentityTests {
  private func guest(_ uuid: String) -> Guest {
    let sample = Samples.guest()
    return Guest(
      name: sample.name, uuid: uuid, template: Samples.template(), group: nil,
      machine: sample.machine, disk: .ephemeral, address: sample.address, ports: [],
      health: sample.health, created: .zero)
  }

  @Test func theMachineIDIsTheUUIDAsTheSystemWantsIt() {
    let id = guest("3F1C0A52-7d64-4c0e-9a55-0c5fe1a2b3d4").machineID
    #expect(id == "3f1c0a527d644c0e9a550c5fe1a2b3d4")
    #expect(id.count == 32)
  }

  @Test func theCardsAddressIsTheEndOfTheUUID() {
    #expect(guest("3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d4").mac == "52:54:00:a2:b3:d4")
    #expect(guest("3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d5").mac == "52:54:00:a2:b3:d5")
  }
}
