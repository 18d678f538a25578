import Covey
import Libvirt

extension Problem {
  /// What a user reads when libvirt refuses or fails.
  init(_ error: LibvirtError, doing what: String, to guest: Guest) {
    let subject = "guest \(guest.name)"
    let message = "\(what) guest \"\(guest.name)\" failed: \(error.message)"
    switch error.code {
    case .connectionClosed, .rpc, .invalidConnection:
      self.init(
        .unknownOutcome, subject: subject,
        "the connection to libvirt broke while \(what) guest \"\(guest.name)\"",
        hint: "covey looks again; see: covey info \(guest.name)")
    case .operationTimeout, .resourceBusy, .overloaded:
      self.init(
        .conflict, subject: subject, message, hint: "libvirt is busy with it; try again in a moment"
      )
    case .configurationUnsupported where error.message.contains("emulator"):
      self.init(
        .unavailable, subject: subject, message,
        hint: "install QEMU: apt-get install qemu-system-x86; then start coveyd again")
    case .operationFailed where error.message.contains("firmware"):
      self.init(
        .unavailable, subject: subject, message,
        hint: "its template starts by UEFI; install the firmware: apt-get install ovmf")
    case .noSupport, .configurationUnsupported, .argumentUnsupported, .operationUnsupported:
      self.init(.unsupported, subject: subject, message, hint: "see: covey doctor")
    default:
      self.init(
        .unavailable, subject: subject, message,
        hint: "see: covey doctor, and QEMU's own words in the log folder of libvirt")
    }
  }
}
