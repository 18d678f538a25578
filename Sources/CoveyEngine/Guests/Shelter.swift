/// Runs a body to its end in a cancelled task too: what cleans up must not be cut off by what made it necessary.
///
/// - Returns: when the body has ended, with what it returned.
public func sheltered<Value: Sendable>(
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await Task(operation: body).value
}
