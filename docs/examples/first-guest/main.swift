// first-guest [URI] [DISK]: runs a guest on a disk-image file and prints what happens to it.
import Libvirt
import LibvirtXML

let arguments = CommandLine.arguments.dropFirst()
let root = EmbeddedRoot("/tmp/first-guest")
if arguments.isEmpty { try root.prepare() }

var document = DomainDocument(name: "first-guest", memory: 64 << 20)
let disk = arguments.dropFirst().first ?? "/tmp/first-guest/disk.qcow2"
document.disks = [DiskDevice(file: disk, target: "vda")]

let connection = try await Connection.open(arguments.first ?? root.uri)
let events = try await connection.domainEvents()
let guest = try await connection.define(domainXML: document.serialised())
try await guest.start()
for await event in events {
  print(event)
  if event == .lifecycle(guest, .started(.booted)) { try await guest.destroy() }
  if event == .lifecycle(guest, .stopped(.destroyed)) { try await guest.undefine() }
  if event == .lifecycle(guest, .undefined(.removed)) { try await connection.close() }
}
