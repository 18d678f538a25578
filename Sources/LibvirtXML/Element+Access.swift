extension Element {
  /// An attribute's value; setting nil removes it, a new one goes to the end.
  public subscript(attribute name: String) -> String? {
    get { attributes.first { $0.name == name }?.value }
    set {
      let index = attributes.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): attributes[index].value = value
      case (let index?, nil): attributes.remove(at: index)
      case (nil, let value?): attributes.append(Attribute(name, value))
      case (nil, nil): break
      }
    }
  }

  /// The child elements, in order.
  public var elements: [Element] { children.compactMap(\.element) }

  /// All text directly inside the element, joined.
  public var text: String { children.compactMap(\.text).joined() }

  /// The first child element of a name.
  ///
  /// Setting replaces that child in its place, appends one that is new, and removes the first
  /// one when nil.
  public subscript(_ name: String) -> Element? {
    get { children.lazy.compactMap(\.element).first { $0.name == name } }
    set {
      let index = children.firstIndex { $0.element?.name == name }
      switch (index, newValue) {
      case (let index?, let element?): children[index] = .element(element)
      case (let index?, nil): removeChild(at: index)
      case (nil, let element?): append(element)
      case (nil, nil): break
      }
    }
  }

  /// All child elements of a name. Setting replaces them one by one in their places; further
  /// ones follow the last of them, and what is left over goes away.
  public subscript(all name: String) -> [Element] {
    get { elements.filter { $0.name == name } }
    set { replace(newValue) { $0.name == name } }
  }

  /// The text of the first child of a name; setting keeps that child's attributes.
  public subscript(text name: String) -> String? {
    get { self[name]?.text }
    set {
      guard let newValue else {
        self[name] = nil
        return
      }
      var element = self[name] ?? Element(name)
      element.children = [.text(newValue)]
      self[name] = element
    }
  }

  /// The descendant at a path of names, the first of each.
  public func at(_ path: String...) -> Element? {
    path.reduce(self as Element?) { element, name in element?[name] }
  }

  /// Changes the descendant at a path in place, making what is missing on the way.
  public mutating func edit(_ path: String..., change: (inout Element) -> Void) {
    edit(path[...], change)
  }

  /// The same, for a path that is as long as it turns out to be.
  public mutating func edit(_ path: [String], change: (inout Element) -> Void) {
    edit(path[...], change)
  }

  /// Replaces the child elements that match one by one, as `subscript(all:)` does.
  public mutating func replace(_ new: [Element], where matches: (Element) -> Bool) {
    let places = children.indices.filter { children[$0].element.map(matches) ?? false }
    for (place, element) in zip(places, new) { children[place] = .element(element) }
    if new.count > places.count {
      let extra = new[places.count...]
      if let last = places.last {
        children.insert(contentsOf: extra.map(Node.element), at: last + 1)
      } else {
        extra.forEach { append($0) }
      }
    }
    for place in places.dropFirst(new.count).reversed() { removeChild(at: place) }
  }

  /// Adds a child element at the end, before the white space that ends the parent's lines.
  public mutating func append(_ element: Element) {
    if case .text(let text)? = children.last, children.count > 1, text.isBlank {
      children.insert(.element(element), at: children.count - 1)
    } else {
      children.append(.element(element))
    }
  }

  private mutating func edit(_ path: ArraySlice<String>, _ change: (inout Element) -> Void) {
    guard let name = path.first else { return change(&self) }
    var child = self[name] ?? Element(name)
    child.edit(path.dropFirst(), change)
    self[name] = child
  }

  /// Removes a child together with the white space in front of it, so that no gap stays.
  private mutating func removeChild(at index: Int) {
    children.remove(at: index)
    guard index > 0, case .text(let text) = children[index - 1], text.isBlank else { return }
    children.remove(at: index - 1)
  }
}

extension Element.Node {
  /// The element, when it is one.
  public var element: Element? {
    guard case .element(let element) = self else { return nil }
    return element
  }

  /// The text, when it is text or CDATA.
  public var text: String? {
    switch self {
    case .text(let text), .cdata(let text): return text
    case .element, .comment, .instruction: return nil
    }
  }
}

extension String {
  /// Whether nothing but XML's white space is in it.
  var isBlank: Bool { utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
}
