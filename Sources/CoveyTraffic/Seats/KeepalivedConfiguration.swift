import Covey

/// The configuration of the keepalived at one seat, rendered from validated words alone.
struct KeepalivedConfiguration: Hashable, Sendable {
  /// Without news for three of these, and a part that follows from the priority, another seat takes the address.
  static let advertisement = Duration.milliseconds(500)
  /// How often keepalived asks the seat's HAProxy, and how long it waits for the answer.
  static let check = Duration.seconds(1)
  /// How many checks in a row decide that a seat cannot serve, or can again.
  static let checksUntilSure = 2

  let text: String

  /// - Throws: `.invalid` when the state folder's path has a character that could mean something to keepalived.
  init(_ balancer: MovingAddress, at place: SeatPlace) throws {
    let isPlain = place.path.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@".contains($0))
    }
    guard isPlain else {
      throw Problem(
        .invalid, subject: place.subject,
        "the state folder's path has characters that keepalived would not take as they are: \(place.path)",
        hint: "use a state folder of letters, digits and ._-+:@/ (coveyd --state DIR)")
    }
    let seat = place.seat
    let peers = balancer.seats.filter { $0 != seat }.map { "    \($0.address)\n" }.joined()
    text = """
      # Written by covey; changed by no hand.
      global_defs {
        router_id \(balancer.name)-\(balancer.priority(of: seat))
        script_user root
        enable_script_security
        vrrp_version 3
      }

      # Asks the HAProxy of this seat alone, never what is behind it: a seat is not better than
      # another because its members are the same.
      vrrp_script haproxy {
        script "\(Self.question(place.listeners))"
        interval \(Self.check.components.seconds)
        timeout \(Self.check.components.seconds)
        fall \(Self.checksUntilSure)
        rise \(Self.checksUntilSure)
      }

      # No seat takes the address back when it is well again: each move costs connections.
      vrrp_instance \(balancer.name) {
        state BACKUP
        nopreempt
        interface \(seat.interface)
        virtual_router_id \(balancer.router)
        priority \(balancer.priority(of: seat))
        advert_int \(Self.advertisement.inSeconds)
        unicast_src_ip \(seat.address)
        unicast_peer {
      \(peers)  }
        virtual_ipaddress {
          \(balancer.address) dev \(seat.interface)
        }
        track_script {
          haproxy
        }
      }

      """
  }

  /// A program of one line in Perl, which every Debian has: each admin socket of the list must answer, all within a
  /// second. A file of its own would have to lie where nobody but root may write, up to the root of the file system.
  private static func question(_ list: String) -> String {
    "/usr/bin/perl -MIO::Socket::UNIX -e 'alarm 1; open(L, q(<), $ARGV[0]) || exit 1; "
      + "while (<L>) { chomp; $s = IO::Socket::UNIX->new($_) || exit 1; "
      + "print $s qq(show info\\n); $s->flush; <$s> =~ /HAProxy/ || exit 1 }' \(list)"
  }
}
