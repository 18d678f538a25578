import Covey
import CoveyWire
import Hummingbird
import Logging

/// Turns every error into the one shape that clients read; causes that are not theirs go to the log only.
struct ErrorAnswers<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let view = Self.view(error, request, context.logger)
      let status = HTTPResponse.Status(code: ErrorTable.row(view.code).httpStatus)
      return try Answers.json(ErrorBody(error: view), status)
    }
  }

  private static func view(_ error: any Error, _ request: Request, _ logger: Logger) -> ErrorView {
    switch error {
    case let problem as Problem: return ErrorView(problem)
    case let refusal as Refusal: return ErrorView(refusal.problem)
    case let http as HTTPError where http.status == .notFound:
      return ErrorView(
        code: "not-found", message: "there is no route \(request.method) \(request.uri.path)",
        subject: request.uri.path, hint: "use a covey and a coveyd of the same version")
    default:
      logger.error("\(request.method) \(request.uri.path): \(error)")
      return ErrorView(
        code: "internal", message: "covey failed at \(request.method) \(request.uri.path)",
        subject: request.uri.path, hint: "the daemon's log has the cause")
    }
  }
}
