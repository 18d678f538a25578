import CoveyWire
import Foundation
import Testing

extension WholeSystem {
  @Suite struct PoorHost {
    @Test func withoutQEMUALaunchSaysWhatToInstall() async throws {
      try await Daemon.unstarted { daemon in
        try await daemon.start(in: Walls.hiding(["/usr/bin/qemu-system-x86_64"]))
        let doctor = try await daemon.shows("doctor", as: DoctorView.self)
        let problem = doctor.problems.first { $0.what.contains("qemu-system-x86_64") }
        #expect(problem?.severity == "error")
        #expect(problem?.mend == "apt-get install qemu-system-x86")
        let error = try await daemon.refuses(
          "launch one --template tiny-web", "unavailable", status: 1)
        #expect("\(error.message) \(error.hint)".contains("qemu"), "\(error)")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    @Test func withoutQemuImgNoDiskIsMade() async throws {
      try await Daemon.unstarted { daemon in
        try await daemon.start(in: Walls.hiding(["/usr/bin/qemu-img"]))
        let error = try await daemon.refuses(
          "launch one --template tiny-web", "unavailable", status: 1)
        #expect(error.hint.contains("apt-get install qemu-utils"), "\(error)")
        #expect(daemon.files(below: "guests") == [])
      }
    }

    @Test func withoutHAProxyNoGroupIsMade() async throws {
      try await Daemon.unstarted { daemon in
        try await daemon.start(in: Walls.hiding(["/usr/sbin/haproxy"]))
        let doctor = try await daemon.shows("doctor", as: DoctorView.self)
        #expect(doctor.problems.contains { $0.mend == "apt-get install haproxy" })
        let error = try await daemon.refuses(
          "group create web --template tiny-web --listen \(daemon.listen)", "unavailable",
          status: 1)
        #expect(error.hint.contains("apt-get install haproxy"), "\(error)")
        // Guests alone need no balancer.
        try await daemon.does("launch one --template tiny-web")
        try await daemon.does("delete one --force")
      }
    }

    @Test func aFullDiskRefusesTheCloneAndKeepsNothingOfIt() async throws {
      try await Daemon.unstarted { daemon in
        let guests = "\(daemon.state)/guests"
        try FileManager.default.createDirectory(
          atPath: guests, withIntermediateDirectories: true)
        try await daemon.start(in: Walls.smallDisk(32, on: guests))
        let error = try await daemon.refuses(
          "launch one --template tiny-web", "no-space", status: 1)
        #expect(error.message.contains(guests), "\(error)")
        let inside = "/proc/\(daemon.pid)/root\(guests)"
        #expect(try FileManager.default.contentsOfDirectory(atPath: inside) == [])
      }
    }

    @Test func memoryThatDoesNotFitIsNotMadeWarm() async throws {
      try await Daemon.unstarted { daemon in
        let warm = "\(daemon.state)/warm"
        try FileManager.default.createDirectory(atPath: warm, withIntermediateDirectories: true)
        try await daemon.start(in: Walls.smallDisk(100, on: warm))
        let error = try await daemon.refuses("template warm tiny-web", "no-space", status: 1)
        #expect(error.message.contains("128MiB of memory"), "\(error)")
        let inside = "/proc/\(daemon.pid)/root\(warm)"
        #expect(try FileManager.default.contentsOfDirectory(atPath: inside) == [])
        #expect(daemon.machines == [])
        try await daemon.does("launch one --template tiny-web")
      }
    }
  }
}
