import Covey
import CoveyWire

extension TemplateView {
  init(_ template: Template, in inventory: Inventory) {
    let guests = inventory.guests.values.filter { $0.templateDigest == template.digest }
    let isNewest = inventory.template(template.name)?.digest == template.digest
    let groups = inventory.groups.values.filter { isNewest && $0.spec.template == template.name }
    self.init(
      name: template.name.text, digest: template.digest, summary: template.summary,
      cpus: template.machine.cpus, memory: template.machine.memory.bytes,
      size: template.size.bytes, ports: template.ports, created: template.created.text,
      isNewest: isNewest, guests: guests.map(\.name).sorted().map(\.text),
      groups: groups.map(\.name).sorted().map(\.text))
  }

  /// With all that only an info shows.
  init(detailed template: Template, in inventory: Inventory) {
    self.init(template, in: inventory)
    files = template.files.map {
      FileView(role: $0.role.rawValue, digest: $0.digest, size: $0.size.bytes)
    }
    health = HealthView(
      port: template.health.port, path: template.health.path, within: template.health.within.text)
    kernelArguments = template.kernelArguments
  }
}
