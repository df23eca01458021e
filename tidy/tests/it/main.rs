//! The house rules, tried on the project itself and on trees that break them.

mod broken;
mod house;
