// The room of the database. It holds one implementation of the engine's `Store` port, on SQLite.
//
// It knows how values become rows and how they come back; it does not know what they mean. No
// decision is made here, and no other room learns that SQL or GRDB exist.
//
//   templates  guests  groups  operations   one JSON record a row: the inventory
//   progress                                the newest revision, and the fence against two writers
//   events  rounds                          capped history
//   settings                                small values
//   set_aside                               rows that could not be read, with the reason
