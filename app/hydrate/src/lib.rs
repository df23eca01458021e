//! What the browser loads: four entries, so that the room brings nothing of the other pages, the video link comes when it
//! is asked for, and the equipment check is there without the room. `examples/` in Cargo's words,
//! because one package has one library and any number of examples.
