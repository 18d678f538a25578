extension Element {
  /// The part of the name before the colon; empty without one.
  public var prefix: String {
    guard let colon = name.firstIndex(of: ":") else { return "" }
    return String(name[..<colon])
  }

  /// The part of the name after the colon, or all of it.
  public var localName: String {
    guard let colon = name.firstIndex(of: ":") else { return name }
    return String(name[name.index(after: colon)...])
  }

  /// The namespaces that the element itself declares, by prefix; the default one under "".
  public var declaredNamespaces: [String: String] {
    var namespaces: [String: String] = [:]
    for attribute in attributes {
      if attribute.name == "xmlns" { namespaces[""] = attribute.value }
      if attribute.name.hasPrefix("xmlns:") {
        namespaces[String(attribute.name.dropFirst(6))] = attribute.value
      }
    }
    return namespaces
  }

  /// The namespace that the element's name is in; nil for none.
  ///
  /// - Parameter outer: what its ancestors declare, by prefix.
  public func namespace(inheriting outer: [String: String] = [:]) -> String? {
    let uri = declaredNamespaces[prefix] ?? outer[prefix]
    return uri?.isEmpty == true ? nil : uri
  }
}
