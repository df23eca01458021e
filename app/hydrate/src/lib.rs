//! What the browser loads: two entries, so that the room brings nothing of the other pages. `examples/` in Cargo's words,
//! because one package has one library and any number of examples.
