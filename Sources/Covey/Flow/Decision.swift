/// What a pure rule makes of a request.
public enum Decision<Plan: Hashable & Sendable>: Hashable, Sendable {
  case proceed(Plan)
  /// The wish is already true or already under way, so that callers may repeat themselves.
  case ignore(String)
  case refuse(Refusal)
}

/// A short list of steps on one guest, and how it ends.
public struct Plan: Hashable, Sendable {
  public let steps: [GuestAction]
  public let ending: Operation.Ending
  public let undoesOnFailure: Bool
  /// Steps from the beginning, for the case that forking fails; nil where nothing is forked.
  public let fallback: [GuestAction]?
  /// Why nothing is forked, where a fork was wanted.
  public let setback: Problem?

  public init(
    _ steps: [GuestAction], ending: Operation.Ending, undoesOnFailure: Bool = false,
    fallback: [GuestAction]? = nil, setback: Problem? = nil
  ) {
    self.steps = steps
    self.fallback = fallback
    self.setback = setback
    self.ending = ending
    self.undoesOnFailure = undoesOnFailure
  }
}
