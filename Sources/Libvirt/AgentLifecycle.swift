/// The guest agent appeared or disappeared (`VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE`).
public struct AgentLifecycle: Sendable, Hashable {
  public let state: State
  public let reason: Reason

  /// Whether the agent can be reached.
  public enum State: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case connected = 1
    case disconnected = 2
  }

  /// What made it change.
  public enum Reason: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case domainStarted = 1
    case channel = 2
  }
}
