//! The rules of a hearing.
