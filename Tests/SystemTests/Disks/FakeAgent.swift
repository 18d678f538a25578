import Foundation
import Testing

/// A program in a guest that stands in for qemu-guest-agent, and does what a test tells it to.
struct FakeAgent {
  let daemon: Daemon
  let guest: String

  enum Mood: String {
    /// Answers at once.
    case awake
    /// Reads and never answers.
    case mute
    /// Freezes later than anybody waits for.
    case late
  }

  /// Starts it, on the console's shell.
  ///
  /// It freezes nothing: it notes what it is told in a file that the guest's web server shows.
  func start() async throws {
    let script = """
      exec 3<>/dev/$(basename $(dirname $(grep -l guest_agent /sys/class/virtio-ports/*/name)));
      while :; do read -r line <&3 || { usleep 50000; continue; }; mood=$(cat /run/mood);
      [ $mood = mute ] && continue;
      case $line in
      *guest-sync*) id=${line##*:}; printf '{"return":%s}\\n' "${id%%\\}*}" >&3 ;;
      *freeze-freeze*) [ $mood = late ] && sleep 4; echo freeze >>/www/agent; echo '{"return":1}' >&3 ;;
      *freeze-thaw*) echo thaw >>/www/agent; echo '{"return":1}' >&3 ;;
      *) echo '{"error":{"class":"CommandNotFound","desc":"unknown"}}' >&3 ;;
      esac; done
      """.replacing("\n", with: " ")
    let text = Data(script.utf8).base64EncodedString()
    try await daemon.does(
      "console \(guest)",
      typing: "echo awake >/run/mood; echo \(text) | base64 -d >/run/agent; "
        + "setsid sh /run/agent >/dev/null 2>&1 & echo begun >/www/agent\n")
    try await daemon.eventually("the agent of \(guest) is there") {
      try await daemon.page("/agent", of: guest).status == 200
    }
  }

  func be(_ mood: Mood) async throws {
    try await daemon.does(
      "console \(guest)", typing: "echo \(mood.rawValue) >/run/mood; echo >/www/agent\n")
  }

  /// What it was told, in order, since its mood changed.
  func told() async throws -> [String] {
    try await daemon.page("/agent", of: guest).body.split(separator: "\n").map(String.init)
  }
}
