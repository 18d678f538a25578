/// A `<filterref>`: a network filter by its name, with what it is to know of this card.
///
/// libvirt tells it the card's `MAC` by itself.
public struct FilterReference: ElementView {
  public var element: Element

  public init(element: Element) { self.element = element }

  /// - `parameters`: such as `IP`; in the order of writing, and a name may stand there several times.
  public init(filter: String, parameters: KeyValuePairs<String, String> = [:]) {
    element = Element("filterref", attributes: [.init("filter", filter)])
    for (name, value) in parameters {
      element.append(
        Element("parameter", attributes: [.init("name", name), .init("value", value)]))
    }
  }

  public var filter: String { element[attribute: "filter"] ?? "" }

  /// The values of a parameter, in their order.
  public func values(of parameter: String) -> [String] {
    element[all: "parameter"].filter { $0[attribute: "name"] == parameter }
      .compactMap { $0[attribute: "value"] }
  }
}
