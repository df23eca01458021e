//! The server of the hearing.
fn main() {}
