//! What the browser loads: three entries, so that the room brings nothing of the other pages, and the
//! video link comes when it is asked for. `examples/` in Cargo's words,
//! because one package has one library and any number of examples.
