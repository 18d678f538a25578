/// Which threads of a connection make a call.
///
/// Calls that may wait for a guest's job lock, for the guest itself or for a long copy go to
/// `jobs`; look-ups, what stops a guest and what lets it go on go to `control`, which they can therefore not fill.
enum Lane: Sendable {
  case control
  case jobs
}
