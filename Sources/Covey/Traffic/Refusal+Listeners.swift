extension Refusal {
  /// The words of what is about groups that share a listener.
  var aboutListeners: Problem? {
    switch self {
    case .listenerOfTCP(let endpoint, let group):
      Problem(
        .inUse, subject: "listen \(endpoint)",
        "\(endpoint) is the address of group \"\(group)\", and groups in mode tcp share no address: "
          + "connections have neither host nor path to tell them apart by",
        hint: "choose another --listen address or port, or use mode http for both")
    case .listenerTLSDiffers(let endpoint, let group, let hasTLS):
      Problem(
        .invalid, subject: "certificate",
        "group \"\(group)\" listens on \(endpoint) \(hasTLS ? "with" : "without") TLS, and a port speaks "
          + "TLS for all its groups or for none",
        hint: hasTLS
          ? "give --certificate FILE too, or choose another --listen port"
          : "leave --certificate out, or choose another --listen port")
    case .routeTaken(let endpoint, let host, let path, let group):
      Problem(
        .inUse, subject: "listen \(endpoint)",
        "group \"\(group)\" has \(Self.requests(host, path)) on \(endpoint) already",
        hint: host == nil && path == nil
          ? "tell the two apart by --host or --path, or choose another --listen address or port"
          : "choose another --host, --path or --listen")
    case .noMember(let name, let group):
      Problem(
        .notFound, subject: "guest \(name)", "guest \"\(name)\" is no member of group \"\(group)\"",
        hint: "see its members: covey group info \(group)")
    default: nil
    }
  }

  private static func requests(_ host: HostName?, _ path: PathPrefix?) -> String {
    switch (host, path) {
    case (nil, nil): "all requests that no other group has"
    case (let host?, nil): "the requests for host \(host)"
    case (nil, let path?): "the requests below \(path)"
    case (let host?, let path?): "the requests for host \(host) below \(path)"
    }
  }
}
