import CoveyWire

/// A machine as one would define it by hand from a template's files, of the same shape as covey's guests. Pure.
struct PlainMachine: Sendable {
  let name: String
  /// Its own loopback address, on which port 80 of the guest is offered.
  let address: String
  let disk: String
  let kernel: String
  let initrd: String
  let console: String
  let template: TemplateView
  /// That of covey's ephemeral disks, the quickest.
  var cache = "unsafe"

  /// libvirt's name for the identity channel of a template; the guest has the device whether it is used or not.
  private var channel: String {
    let name: String? =
      switch template.identity {
      case "channel": "org.covey.identity.0"
      case "qemu-guest-agent": "org.qemu.guest_agent.0"
      default: nil
      }
    return name.map {
      "<channel type='unix'><target type='virtio' name='\($0)'/></channel>"
    } ?? ""
  }

  private var kernelArguments: String {
    let uuid = "00000000-0000-4000-8000-00000000000\(address.suffix(1))"
    return (template.kernelArguments ?? "").replacing("{name}", with: name)
      .replacing("{uuid}", with: uuid) + " covey.name=\(name)"
  }

  /// libvirt's domain document.
  ///
  /// The host forward stands in QEMU's
  /// arguments, since libvirt 9.0 has no words for one of user-mode networking.
  var document: String {
    """
    <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>\(name)</name>
      <memory unit='KiB'>\(template.memory / 1024)</memory>
      <vcpu>\(template.cpus)</vcpu>
      <os>
        <type arch='x86_64' machine='pc'>hvm</type>
        <kernel>\(kernel)</kernel>
        <initrd>\(initrd)</initrd>
        <cmdline>\(kernelArguments)</cmdline>
      </os>
      <features><acpi/><apic/></features>
      <cpu mode='maximum'/>
      <clock offset='utc'/>
      <on_poweroff>destroy</on_poweroff>
      <on_reboot>restart</on_reboot>
      <on_crash>destroy</on_crash>
      <devices>
        <controller type='usb' model='none'/>
        <memballoon model='none'/>
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2' discard='unmap' cache='\(cache)'/>
          <source file='\(disk)'/>
          <target dev='vda' bus='virtio'/>
        </disk>
        <serial type='file'><source path='\(console)'/><target port='0'/></serial>
        \(channel)
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
      </devices>
      <qemu:commandline>
        <qemu:arg value='-netdev'/>
        <qemu:arg value='user,id=bench,hostfwd=tcp:\(address):80-:80'/>
        <qemu:arg value='-device'/>
        <qemu:arg value='virtio-net-pci,netdev=bench,bus=pci.0,addr=0x10'/>
      </qemu:commandline>
    </domain>

    """
  }
}
