/// Why the measuring cannot go on, in words for the person who asked for it.
struct Trouble: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
