import Covey
import CoveyEngine
import CoveyWire

extension TemplateView {
  init(_ template: Template, in inventory: Inventory) {
    let guests = inventory.guests.values.filter { $0.templateDigest == template.digest }
    let isNewest = inventory.template(template.name)?.digest == template.digest
    let groups = inventory.groups.values.filter {
      $0.template(in: inventory)?.digest == template.digest
    }
    self.init(
      name: template.name.text, digest: template.digest, summary: template.summary,
      cpus: template.machine.cpus, memory: template.machine.memory.bytes,
      size: template.size.bytes, ports: template.ports, created: template.created.text,
      isNewest: isNewest, guests: guests.map(\.name).sorted().map(\.text),
      groups: groups.map(\.name).sorted().map(\.text))
    base = template.base
    firmware = template.firmware?.rawValue
    cloudInit = template.cloudInit == nil ? nil : true
  }

  /// With its warm sets; those of other versions are left out.
  init(_ template: Template, in inventory: Inventory, usage: [String: WarmUsage]) {
    self.init(template, in: inventory)
    identity = template.identity?.rawValue
    warm = inventory.warmSets(of: template.name).filter { $0.templateDigest == template.digest }
      .map { WarmView($0, usage: usage[$0.id]) }
  }

  /// With all that only an info shows.
  init(detailed template: Template, in inventory: Inventory, usage: [String: WarmUsage] = [:]) {
    self.init(template, in: inventory, usage: usage)
    files = template.files.map {
      FileView(role: $0.role.rawValue, digest: $0.digest, size: $0.size.bytes)
    }
    if template.health.isAsked {
      health = HealthView(
        port: template.health.port, path: template.health.path, within: template.health.within.text)
      health?.kind = template.health.kind.rawValue
    }
    starts = [StartKind.boot, .fork].compactMap { StartsView($0, of: template) }
    kernelArguments = template.firmware == nil ? template.kernelArguments : nil
  }
}

extension TemplateView.StartsView {
  /// Nil where none is known.
  init?(_ kind: StartKind, of template: Template) {
    guard let history = template.starts, let p50 = history.percentile(50, of: kind),
      let p95 = history.percentile(95, of: kind)
    else { return nil }
    let measured = history.grace(of: kind, atMost: template.health.within)
    self.init(
      kind: kind.rawValue, count: history.times(of: kind).count, p50: p50.text, p95: p95.text,
      grace: template.grace(of: kind).text, measured: measured != nil)
  }
}

extension WarmView {
  init(_ set: WarmSet, usage: WarmUsage?) {
    self.init(
      id: set.id, cpus: set.machine.cpus, memory: set.machine.memory.bytes,
      state: set.refusal == nil ? "ready" : "refused", diskUsed: usage?.disk.bytes ?? 0,
      memoryUsed: usage?.memory.bytes ?? 0, bootTime: set.bootTime.inSeconds,
      created: set.created.text)
    problem = set.refusal.map(ErrorView.init)
    let print = set.fingerprint
    fingerprint = [
      "qemu": print.qemu, "machine": print.machine, "cpu": print.cpu,
      "accelerator": print.accelerator.rawValue, "devices": print.devices, "image": print.image,
    ]
  }
}
