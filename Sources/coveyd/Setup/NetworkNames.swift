import Covey

extension Inventory {
  /// The names that a libvirt network's DNS answers: each guest that has a machine by its own, and each group by its serving
  /// members. Pure.
  var networkNames: [String: [IPv4Address]] {
    var names: [String: [IPv4Address]] = [:]
    for guest in guests.values where guest.state.hasMachine {
      names[guest.name.text] = [guest.address]
    }
    for group in groups.keys {
      let serving = members(of: group).filter { $0.state == .serving }.map(\.address)
      if !serving.isEmpty { names[group.text] = serving }
    }
    return names
  }
}
