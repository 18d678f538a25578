/// A typed way to read and change one element, which keeps whatever it does not model.
public protocol ElementView: Sendable, Hashable {
  /// The element as it is, with everything that the view has no name for.
  var element: Element { get set }
  /// Looks at an element; its name is not checked.
  init(element: Element)
}

extension ElementView {
  /// The alias that libvirt or the user gave a device (`<alias name=...>`).
  public var alias: String? {
    get { element["alias"]?[attribute: "name"] }
    set { set("alias", "name", newValue) }
  }

  /// Sets one attribute of one child, makes the child when needed, and removes a child that
  /// nothing is left of.
  mutating func set(_ child: String, _ attribute: String, _ value: String?) {
    guard var inner = element[child] ?? (value == nil ? nil : Element(child)) else { return }
    inner[attribute: attribute] = value
    let isEmpty = inner.attributes.isEmpty && inner.children.isEmpty
    element[child] = value == nil && isEmpty ? nil : inner
  }

  func get(_ child: String, _ attribute: String) -> String? {
    element[child]?[attribute: attribute]
  }
}
