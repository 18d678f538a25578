/// Documents as libvirt 9.0 writes them.
enum Fixtures {
  static let dumped = """
    <domain type='qemu' id='1' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>web</name>
      <uuid>6d2a4b1c-3f0e-4c55-9a8b-0c1d2e3f4a5b</uuid>
      <metadata>
        <odd:note xmlns:odd='urn:odd'>
          <odd:line>first &amp; last</odd:line>
        </odd:note>
        <covey:guest xmlns:covey='urn:covey' name='web'/>
      </metadata>
      <memory unit='KiB'>262144</memory>
      <currentMemory unit='KiB'>131072</currentMemory>
      <vcpu placement='static'>2</vcpu>
      <os>
        <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
        <kernel>/k</kernel>
        <cmdline>console=ttyS0 quiet</cmdline>
        <boot dev='hd'/>
      </os>
      <features>
        <acpi/>
        <apic eoi='on'/>
      </features>
      <cpu mode='maximum' check='none'/>
      <clock offset='utc'>
        <timer name='rtc' tickpolicy='catchup'/>
      </clock>
      <on_poweroff>destroy</on_poweroff>
      <on_crash>destroy</on_crash>
      <devices>
        <emulator>/usr/bin/qemu-system-x86_64</emulator>
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>
          <source file='/d/web.qcow2' index='1'/>
          <backingStore type='file' index='2'>
            <format type='qcow2'/>
            <source file='/d/base.qcow2'/>
            <backingStore/>
          </backingStore>
          <target dev='vda' bus='virtio'/>
          <alias name='virtio-disk0'/>
          <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
        </disk>
        <controller type='usb' index='0' model='none'/>
        <interface type='user'>
          <mac address='52:54:00:00:77:01'/>
          <model type='virtio'/>
        </interface>
        <serial type='unix'>
          <source mode='bind' path='/s/web.sock'/>
          <log file='/s/web.log' append='on'/>
          <target type='isa-serial' port='0'>
            <model name='isa-serial'/>
          </target>
        </serial>
        <memballoon model='none'/>
        <shmem name='unmodelled'>
          <size unit='M'>4</size>
        </shmem>
      </devices>
      <qemu:commandline>
        <qemu:arg value='-name'/>
        <qemu:env name='A' value='b'/>
      </qemu:commandline>
    </domain>
    """
}
