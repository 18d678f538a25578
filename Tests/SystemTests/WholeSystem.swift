import Testing

/// Transcripts of what a user does: the real command line, daemon, QEMU guests and HAProxy.
///
/// One test runs at a time, so that guests of different tests do not fight for the processors. The template that they
/// launch from is built once, before the first.
@Suite(.serialized, .builtTemplate) enum WholeSystem {}
