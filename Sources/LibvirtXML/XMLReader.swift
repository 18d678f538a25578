import Foundation
import FoundationXML

extension Element {
  /// Reads a document and returns its root element; what stands outside the root is dropped.
  ///
  /// - Throws: `.malformed`, `.documentType`, `.illegalCharacter` for characters that have no
  ///   place in XML.
  public init(parsing text: String) throws(XMLProblem) {
    guard !text.contains("<!DOCTYPE") else { throw .documentType }
    try XMLWriter.checkCharacters(text, in: "document")
    let reader = XMLReader(order: AttributeOrder.names(in: text))
    let parser = XMLParser(data: Data(text.utf8))
    parser.shouldProcessNamespaces = false
    parser.shouldResolveExternalEntities = false
    parser.delegate = reader
    // The result is true even after some errors; the reader keeps the first one.
    let finished = parser.parse()
    if let problem = reader.problem { throw problem }
    guard finished, let root = reader.root else {
      throw .malformed(line: max(1, parser.lineNumber), column: max(1, parser.columnNumber))
    }
    self = root
  }
}

/// Builds the tree from the event parser's calls.
private final class XMLReader: NSObject, XMLParserDelegate {
  private let order: [[String]]
  private var started = 0
  private var open: [Element] = []
  private(set) var root: Element?
  private(set) var problem: XMLProblem?

  /// - Parameter order: the names of each element's attributes as the text has them.
  init(order: [[String]]) { self.order = order }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let names = started < order.count ? order[started] : []
    started += 1
    open.append(
      Element(
        name,
        attributes: names.compactMap { name in attributes[name].map { .init(name, $0) } }))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    guard let element = open.popLast() else { return }
    if open.isEmpty { root = element } else { add(.element(element)) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if case .text(let text)? = open.last?.children.last {
      // Text arrives in pieces, cut at references and at the parser's buffer.
      open[open.count - 1].children.removeLast()
      add(.text(text + string))
    } else {
      add(.text(string))
    }
  }

  func parser(_ parser: XMLParser, foundCDATA data: Data) {
    add(.cdata(String(decoding: data, as: UTF8.self)))
  }

  func parser(_ parser: XMLParser, foundComment comment: String) { add(.comment(comment)) }

  func parser(
    _ parser: XMLParser, foundProcessingInstructionWithTarget target: String, data: String?
  ) {
    add(.instruction(target: target, data: data ?? ""))
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    guard problem == nil else { return }
    problem = .malformed(line: max(1, parser.lineNumber), column: max(1, parser.columnNumber))
  }

  private func add(_ node: Element.Node) {
    guard !open.isEmpty else { return }
    open[open.count - 1].children.append(node)
  }
}
