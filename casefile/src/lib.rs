//! How a case file is sealed and checked.
