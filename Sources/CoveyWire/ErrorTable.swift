/// The one table from a problem's code to its HTTP status and its exit status.
public enum ErrorTable {
  public struct Row: Sendable, Hashable {
    public let code: String
    public let httpStatus: Int
    public let exitStatus: Int32
    /// When a user meets it; `docs/errors.md` is checked against these words.
    public let meaning: String
  }

  public static let rows: [Row] = [
    Row(
      code: "invalid", httpStatus: 400, exitStatus: 64,
      meaning: "the request can never work as written"),
    Row(code: "not-found", httpStatus: 404, exitStatus: 1, meaning: "no object has that name"),
    Row(code: "exists", httpStatus: 409, exitStatus: 1, meaning: "an object has that name already"),
    Row(
      code: "in-use", httpStatus: 409, exitStatus: 1,
      meaning: "something else stands on it or holds it"),
    Row(
      code: "conflict", httpStatus: 409, exitStatus: 1,
      meaning: "the object is busy, or in a state that forbids it; it may work later"),
    Row(
      code: "limit", httpStatus: 409, exitStatus: 1,
      meaning: "a limit that covey keeps would be exceeded"),
    Row(
      code: "unsupported", httpStatus: 501, exitStatus: 1,
      meaning: "this connection or this host cannot do it"),
    Row(
      code: "unavailable", httpStatus: 503, exitStatus: 1,
      meaning: "a part that covey needs is missing or does not answer"),
    Row(code: "no-space", httpStatus: 507, exitStatus: 1, meaning: "a file system is full"),
    Row(
      code: "altered", httpStatus: 409, exitStatus: 1,
      meaning: "a sealed file is not what was sealed"),
    Row(
      code: "outdated", httpStatus: 409, exitStatus: 1,
      meaning: "what was saved no longer fits what would resume it"),
    Row(code: "deadline", httpStatus: 504, exitStatus: 75, meaning: "it did not happen in time"),
    Row(
      code: "unknown-outcome", httpStatus: 502, exitStatus: 1,
      meaning: "it could not be learnt whether it happened"),
    Row(
      code: "cancelled", httpStatus: 409, exitStatus: 1, meaning: "another request interrupted it"),
    Row(
      code: "internal", httpStatus: 500, exitStatus: 1,
      meaning: "a fault in covey; the daemon's log has its cause"),
    Row(
      code: "unreachable", httpStatus: 503, exitStatus: 69,
      meaning: "the daemon does not answer; only the client says this"),
  ]

  /// The row of a code; a code from a newer daemon counts as `internal`.
  public static func row(_ code: String) -> Row {
    rows.first { $0.code == code }
      ?? Row(code: code, httpStatus: 500, exitStatus: 1, meaning: "unknown to this version")
  }
}
