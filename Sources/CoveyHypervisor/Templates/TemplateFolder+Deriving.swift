import Covey
import CoveyEngine
import Glibc

extension TemplateFolder {
  public func derive(
    _ name: Name, from guest: Guest, of base: Template, disk: String, at now: Timestamp
  )
    async throws -> Template
  {
    try await verify(base)
    return try await inPlace { place in
      let sealed = try sealedFolder(in: place)
      try HostFiles.move(disk, to: file(.disk, in: sealed))
      for role in [SealedFile.Role.kernel, .initrd]
      where base.files.contains(where: { $0.role == role }) {
        try HostFiles.copy(path(of: role, in: base), to: file(role, in: sealed), mode: 0o444)
      }
      var description = try description(of: base)
      description.name = name
      description.summary = "sealed from guest \(guest.name)"
      (description.cpus, description.memory) = (guest.machine.cpus, guest.machine.memory)
      description.base = base.digest
      return try await seal(description, in: place, from: sealed, at: now)
    }
  }

  public func importImage(
    _ request: ImageRequest, at now: Timestamp, report: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (WorkDone) -> Void
  ) async throws -> Template {
    try await inPlace { place in
      let sealed = try sealedFolder(in: place)
      report("judging \(request.path)")
      _ = try await ImageIntake().take(
        request.path, to: file(.disk, in: sealed), declared: request.format,
        limits: ImageLimits(quota: request.largest)
      ) { image in
        report(image.stage == .copying ? "copying the image" : "converting the image")
        progress(WorkDone(done: image.done, total: image.total))
      }
      report("sealing")
      let description = SealDescription(
        name: request.name, summary: request.summary, machine: request.machine,
        firmware: request.firmware, cloudInit: request.cloudInit, ports: request.ports,
        health: request.health)
      return try await seal(description, in: place, from: sealed, at: now)
    }
  }

  func sealedFolder(in place: BuildPlace) throws -> String {
    let folder = "\(place.path)/sealed"
    try HostFiles.makeFolder(folder)
    return folder
  }

  func file(_ role: SealedFile.Role, in folder: String) -> String {
    "\(folder)/\(SealDescription.fileName(of: role))"
  }

  func description(of template: Template) throws -> SealDescription {
    try SealDescription(
      reading: HostFiles.text(of: descriptionPath(of: template), limit: ExportManifest.largest),
      from: "template \(template.name)")
  }
}
