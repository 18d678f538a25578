extension DomainDocument {
  /// The metadata element of a namespace, complete in itself: declarations that it inherits
  /// from the document are added to it.
  public func metadata(uri: String) -> Element? {
    guard let metadata = root["metadata"] else { return nil }
    let outer = metadataNamespaces(metadata)
    guard var element = metadata.elements.first(where: { $0.namespace(inheriting: outer) == uri })
    else { return nil }
    for prefix in element.usedPrefixes.sorted() where element.declaredNamespaces[prefix] == nil {
      guard let inherited = outer[prefix] else { continue }
      element[attribute: prefix.isEmpty ? "xmlns" : "xmlns:\(prefix)"] = inherited
    }
    return element
  }

  /// Sets or, with nil, removes the metadata element of a namespace; others stay.
  ///
  /// - Parameters:
  ///   - element: any content. Its name must be in `uri`: without a prefix the namespace is
  ///     declared on it, with a prefix that it does not declare that prefix is.
  ///   - uri: the namespace.
  public mutating func setMetadata(_ element: Element?, uri: String) {
    var metadata = root["metadata"] ?? Element("metadata")
    let outer = metadataNamespaces(metadata)
    var new = element
    if let element, element.declaredNamespaces[element.prefix] != uri {
      let declaration = element.prefix.isEmpty ? "xmlns" : "xmlns:\(element.prefix)"
      new?[attribute: declaration] = uri
    }
    metadata.replace(new.map { [$0] } ?? []) { $0.namespace(inheriting: outer) == uri }
    root["metadata"] = metadata.elements.isEmpty ? nil : metadata
  }

  private func metadataNamespaces(_ metadata: Element) -> [String: String] {
    root.declaredNamespaces.merging(metadata.declaredNamespaces) { _, inner in inner }
  }
}

extension Element {
  /// Every prefix that the names in this subtree use.
  fileprivate var usedPrefixes: Set<String> {
    var prefixes: Set<String> = [prefix]
    for attribute in attributes where !attribute.name.hasPrefix("xmlns") {
      let prefix = Element(attribute.name).prefix
      if !prefix.isEmpty { prefixes.insert(prefix) }
    }
    return elements.reduce(into: prefixes) { $0.formUnion($1.usedPrefixes) }
  }
}
