import Covey
import CoveyEngine
import CoveyHypervisor
import CoveyWire

extension GuestView {
  init(_ guest: Guest, in inventory: Inventory, load: Gauges.GuestLoad?) {
    self.init(
      name: guest.name.text, state: guest.state.rawValue, template: guest.template.text,
      templateDigest: guest.templateDigest, group: guest.group?.text,
      address: guest.address.description, ports: guest.ports.map(PortView.init),
      disk: guest.disk.rawValue, uuid: guest.uuid, start: guest.start.rawValue,
      cpus: guest.machine.cpus, memory: guest.machine.memory.bytes, created: guest.created.text)
    reason = guest.reason
    operation = inventory.operation(on: guest.name)?.verb
    startedAt = guest.startedAt?.text
    readyAt = guest.readyAt?.text
    servingAt = guest.servingAt?.text
    firstServedAt = guest.firstServedAt?.text
    isAsked = guest.health.isAsked
    guard guest.state.hasMachine else { return }
    cpuPercent = load?.cpu.map { ($0 * 10).rounded() / 10 }
    memoryUsed = load?.memory?.bytes
  }
}

extension PortView {
  init(_ port: PortMapping) {
    self.init(
      guest: port.guest, host: port.host,
      note: port.guest == port.host
        ? nil : "this user may not bind port \(port.guest), so it is offered at \(port.host)")
  }
}
