/// The rules for the path of an image.
public enum ImagePath {
  /// Must be absolute, since coveyd's folder is not the user's; must not climb, so that what it says is where it leads; and
  /// must be one line, so that it can be told.
  public static func check(_ path: String) throws(ImageRefusal) {
    guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .unprintablePath }
    guard path.hasPrefix("/") else { throw .relativePath }
    guard !path.split(separator: "/").contains("..") else { throw .climbingPath }
  }
}
